import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import"./chunk-WBN53OI3.mjs";import{parentPort}from"node:worker_threads";var PAGES={initial:256,maximum:1024},MAX_PROGRAM_CHARACTERS=4e6,STACK_BYTES=192*1024,MAX_INTERRUPTS=500,MAX_RESULT_CHARACTERS=1e6,MAX_RESULT_DEPTH=200,MAX_MESSAGE_CHARACTERS=300,PRELUDE=`(() => {
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
})()`,variantIn=({default:found})=>"default"in found?found.default:found,loaded=null;async function loadQuickJs(){let{newQuickJSWASMModuleFromVariant,newVariant}=await import("./chunk-VU44BX7T.mjs"),variant=variantIn(await import("./chunk-VIQNHVST.mjs"));return newQuickJSWASMModuleFromVariant(newVariant(variant,{wasmMemory:new WebAssembly.Memory(PAGES)}))}async function runScript(body,data){loaded??=loadQuickJs();let quickJs=await loaded;try{let program=programOf(body,data);return program.length>MAX_PROGRAM_CHARACTERS?{state:"failed",why:"its data is too large"}:runIn(quickJs,program)}catch(error){return loaded=null,error instanceof Stopped?{state:"failed",why:error.message}:{state:"failed",why:error instanceof RangeError?"stack overflow":`the sandbox failed: ${error}`}}}var Stopped=class extends Error{};function programOf(body,data){let names=Object.keys(data).join(", "),values=JSON.stringify(JSON.stringify(Object.values(data))),maker=/\bawait\b/.test(body)?"(async () => {}).constructor":"Function";return`${PRELUDE}
Promise.resolve(new (${maker})(${JSON.stringify(names)}, ${JSON.stringify(body)})(...JSON.parse(${values}))).then((value) =>
  value === undefined ? 'undefined' : typeof value === 'number' && !Number.isFinite(value) ? 'NaN' : JSON.stringify(value))`}function runIn(quickJs,program){let runtime=quickJs.newRuntime(),interrupts=0;runtime.setMemoryLimit(16777216),runtime.setMaxStackSize(STACK_BYTES),runtime.setInterruptHandler(()=>(interrupts+=1,interrupts>MAX_INTERRUPTS));let context=runtime.newContext(),result=context.evalCode(program,"scorer.js");if(result.error)return failure(context.dump(result.error),()=>dispose(context,runtime,result.error));let jobs=runtime.executePendingJobs();if(interrupts>MAX_INTERRUPTS)throw new Stopped(TOO_LONG);if(jobs.error)return failure(context.dump(jobs.error),()=>dispose(context,runtime,result.value,jobs.error));let state=context.getPromiseState(result.value),done=()=>dispose(context,runtime,result.value);if(state.type==="pending")return failure("it never finishes",done);if(state.type==="rejected"){let error=context.dump(state.error);return state.error.dispose(),failure(error,done)}let text=context.typeof(state.value)==="string"?context.getString(state.value):null;return state.value.dispose(),done(),returned(text)}var TOO_LONG="it ran for too long",TOO_MUCH_MEMORY="it used too much memory";function dispose(context,runtime,...handles){for(let handle of[...handles,context,runtime])handle?.alive&&handle.dispose()}function returned(text){if(text===null)return{state:"failed",why:"it returned a value that is no data"};if(text.length>MAX_RESULT_CHARACTERS)return{state:"failed",why:"it returned too much"};if(text==="undefined")return{state:"returned",value:void 0};if(text==="NaN")return{state:"failed",why:"it returned a number that is not finite"};let value=parsed(text);return value===void 0?{state:"failed",why:"it returned a value that is no data"}:isDeeper(value,MAX_RESULT_DEPTH)?{state:"failed",why:"it returned data that is nested too deeply"}:{state:"returned",value}}function parsed(text){try{return JSON.parse(text)}catch{return}}function isDeeper(value,levels){return typeof value!="object"||value===null?!1:levels===0||Object.values(value).some(part=>isDeeper(part,levels-1))}function failure(thrown,cleanUp){if(thrown===null)throw new Stopped(TOO_MUCH_MEMORY);let error=typeof thrown=="object"?thrown:{},message=String(error.message??thrown).slice(0,MAX_MESSAGE_CHARACTERS);if(error.name==="InternalError"){let words={interrupted:TOO_LONG,"out of memory":TOO_MUCH_MEMORY};throw new Stopped(message==="interrupted"||message==="out of memory"?words[message]:message)}return cleanUp(),{state:"failed",why:error.name===void 0?message:`${error.name}: ${message}`}}var reply=message=>parentPort?.postMessage(message);await runScript("return true",{});reply("ready");parentPort?.on("message",async({body,data})=>reply(await runScript(body,data)));
