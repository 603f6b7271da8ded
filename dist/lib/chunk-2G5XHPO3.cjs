'use strict';var PAGES={initial:256,maximum:1024},MAX_PROGRAM_CHARACTERS=4e6,STACK_BYTES=192*1024,MAX_INTERRUPTS=500,MAX_RESULT_CHARACTERS=1e6,MAX_RESULT_DEPTH=200,MAX_MESSAGE_CHARACTERS=300,PRELUDE=`(() => {
  'use strict'
  const unavailable = (name) => () => { throw new Error(name + ' is not available: a score must be repeatable') }
  Math.random = unavailable('Math.random()')
  const Real = Date
  function Repeatable(...parts) {
    if (!new.target || parts.length === 0) unavailable('The current time')()
    return Reflect.construct(Real, parts, new.target)
  }
  Repeatable.prototype = Real.prototype
  Real.prototype.constructor = Repeatable
  Repeatable.parse = Real.parse
  Repeatable.UTC = Real.UTC
  Repeatable.now = unavailable('Date.now()')
  globalThis.Date = Repeatable
  const define = (name, value) => Object.defineProperty(String.prototype, name, { value, writable: true, configurable: true })
  const repeat = (text, count) => {
    let left = Math.floor(Number(count) || 0)
    if (left < 0 || text.length * left > 4000000) throw new RangeError('the text would be too long')
    let made = ''
    for (let part = text; left > 0; part += part, left = Math.floor(left / 2)) if (left % 2 === 1) made += part
    return made
  }
  const padding = (text, width, fill) => {
    const missing = Math.max(0, Math.floor(Number(width) || 0) - text.length)
    const unit = fill === undefined ? ' ' : String(fill)
    return unit === '' ? '' : repeat(unit, Math.ceil(missing / unit.length)).slice(0, missing)
  }
  define('repeat', function (count) { return repeat(String(this), count) })
  define('padStart', function (width, fill) { return padding(String(this), width, fill) + String(this) })
  define('padEnd', function (width, fill) { return String(this) + padding(String(this), width, fill) })
})()`,variantIn=({default:found})=>"default"in found?found.default:found,loaded=null;async function loadQuickJs(){let{newQuickJSWASMModuleFromVariant,newVariant}=await Promise.resolve().then(()=>require('./chunk-724GRJHA.cjs')),variant=variantIn(await Promise.resolve().then(()=>require('./chunk-XVNL6JCB.cjs')));return newQuickJSWASMModuleFromVariant(newVariant(variant,{wasmMemory:new WebAssembly.Memory(PAGES)}))}function programOf(body,data){let values=jsonOf(Object.values(data));if(values===null)return failed("its data is nested too deeply");if(values.length>MAX_PROGRAM_CHARACTERS)return failed("its data is too large");let names=Object.keys(data).join(", "),maker=/\bawait\b/.test(body)?"(async () => {}).constructor":"Function",text=`${PRELUDE}
Promise.resolve(new (${maker})(${JSON.stringify(names)}, ${JSON.stringify(body)})(...JSON.parse(${JSON.stringify(values)}))).then((value) =>
  value === undefined ? 'undefined' : typeof value === 'number' && !Number.isFinite(value) ? 'NaN' : JSON.stringify(value))`;return text.length>MAX_PROGRAM_CHARACTERS?failed("its data is too large"):{state:"ready",text}}function jsonOf(value){try{return JSON.stringify(value)}catch{return null}}async function runProgram(text){loaded??=loadQuickJs();let quickJs=await loaded;try{return runIn(quickJs,text)}catch(error){return loaded=null,error instanceof Stopped?failed(error.message):failed(error instanceof RangeError?"stack overflow":`the sandbox failed: ${error}`)}}var failed=why=>({state:"failed",why}),Stopped=class extends Error{};function runIn(quickJs,program){let runtime=quickJs.newRuntime(),interrupts=0;runtime.setMemoryLimit(16777216),runtime.setMaxStackSize(STACK_BYTES),runtime.setInterruptHandler(()=>(interrupts+=1,interrupts>MAX_INTERRUPTS));let context=runtime.newContext(),failure=handle=>{let why=whyThrown(context,handle);if(interrupts>MAX_INTERRUPTS)throw new Stopped(TOO_LONG);return dispose(handle,result.error??result.value,context,runtime),failed(why)},result=context.evalCode(program,"scorer.js");if(result.error)return failure(result.error);let jobs=runtime.executePendingJobs();if(interrupts>MAX_INTERRUPTS)throw new Stopped(TOO_LONG);if(jobs.error)return failure(jobs.error);let state=context.getPromiseState(result.value);if(state.type==="rejected")return failure(state.error);let value=state.type==="fulfilled"?state.value:null,text=value!==null&&context.typeof(value)==="string"?context.getString(value):null;return dispose(value,result.value,context,runtime),state.type==="pending"?failed("it never finishes"):returned(text)}var TOO_LONG="it ran for too long",TOO_MUCH_MEMORY="it used too much memory",NO_ERROR="it threw something that is no error";function dispose(...handles){for(let handle of handles)handle?.alive&&handle.dispose();}function returned(text){if(text===null)return failed("it returned a value that is no data");if(text.length>MAX_RESULT_CHARACTERS)return failed("it returned too much");if(text==="undefined")return {state:"returned",value:void 0};if(text==="NaN")return failed("it returned a number that is not finite");let value=parsed(text);return value===void 0?failed("it returned a value that is no data"):isDeeper(value,MAX_RESULT_DEPTH)?failed("it returned data that is nested too deeply"):{state:"returned",value}}function parsed(text){try{return JSON.parse(text)}catch{return}}function isDeeper(value,levels){return typeof value!="object"||value===null?!1:levels===0||Object.values(value).some(part=>isDeeper(part,levels-1))}function whyThrown(context,thrown){if(context.sameValue(thrown,context.null))throw new Stopped(TOO_MUCH_MEMORY);let type=context.typeof(thrown);if(type!=="object"&&type!=="function")return context.getString(thrown).slice(0,MAX_MESSAGE_CHARACTERS)||NO_ERROR;let name=textIn(context,thrown,"name"),message=textIn(context,thrown,"message")??NO_ERROR;if(name!=="InternalError")return name===null?message:`${name}: ${message}`;throw message==="interrupted"?new Stopped(TOO_LONG):new Stopped(message==="out of memory"?TOO_MUCH_MEMORY:message)}function textIn(context,object,key){let value=context.getProp(object,key),text=context.typeof(value)==="string"?context.getString(value).slice(0,MAX_MESSAGE_CHARACTERS):null;return value.dispose(),text}exports.p=programOf;exports.r=runProgram;