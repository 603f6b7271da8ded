// Style and script of report.html. Both are allowed by their hash in the page's content policy, so nothing else can run.

export const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--paper:#fff;--panel:#f6f8fa;--line:#d1d9e0;--bad:#b3261e;--good:#1a7f37;--warn:#8a5a00;--del:#ffebe9;--ins:#dafbe1;--focus:#0969da}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--paper:#0d1117;--panel:#151b23;--line:#3d444d;--bad:#ff7b72;--good:#56d364;--warn:#e3b341;--del:#4b1b1c;--ins:#123d20;--focus:#58a6ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:2rem 1.25rem 5rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;line-height:1.3;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2.5rem 0 .75rem}h3{font-size:1rem;margin:1.5rem 0 .5rem}
.soft,footer{color:var(--soft)}.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
code,pre,.text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}th{color:var(--soft);font-weight:600}
.num{text-align:right;white-space:nowrap}
.fail,.broken{color:var(--bad);font-weight:600}.pass,.fixed{color:var(--good)}.warn,.inconclusive,.not-measured,.flaky{color:var(--warn)}
.notice{border-left:4px solid var(--warn);background:var(--panel);padding:.75rem 1rem;margin:1rem 0}.notice.fail-box{border-color:var(--bad)}
.notice ul{margin:.25rem 0;padding-left:1.2rem}
details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;background:var(--paper)}
summary{cursor:pointer;padding:.55rem .8rem}details>.in{padding:0 .8rem .8rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}@media (max-width:50rem){.pair{grid-template-columns:1fr}}
.text{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.6rem .75rem;margin:.25rem 0;max-height:32rem;overflow:auto}
del{background:var(--del)}ins{background:var(--ins);text-decoration:none}
fieldset{border:0;padding:0;margin:.75rem 0 0;display:flex;gap:1rem;flex-wrap:wrap}legend{float:left;padding:0 1rem 0 0;color:var(--soft)}
.bar{position:sticky;bottom:0;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;display:flex;gap:1rem;align-items:center;margin-top:1rem}
button{font:inherit;padding:.3rem .9rem;border-radius:6px;border:1px solid var(--line);background:var(--paper);color:var(--ink);cursor:pointer}
@media print{.bar,fieldset{display:none}.text{max-height:none}}
`

// Choices stay on the page until they are downloaded; nothing is sent anywhere.
export const SCRIPT = `
const bar=document.querySelector('.bar');
const chosen=()=>[...document.querySelectorAll('input[type=radio]:checked')].filter((box)=>box.value!=='');
const count=()=>{bar.querySelector('output').textContent=String(chosen().length)};
const line=(box)=>{const of=box.closest('fieldset').dataset;return JSON.stringify({evalSet:of.set,case:of.case,side:'head',kind:of.kind,label:box.value})};
if(bar){bar.hidden=false;document.addEventListener('change',count);
bar.querySelector('button').addEventListener('click',()=>{
const url=URL.createObjectURL(new Blob([chosen().map((box)=>line(box)+'\\n').join('')],{type:'application/jsonl'}));
const link=document.createElement('a');link.href=url;link.download='labels.jsonl';link.click();setTimeout(()=>URL.revokeObjectURL(url),1000)})}
`
