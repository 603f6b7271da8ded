import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{logLines}from"./chunk-RCPHXYDQ.mjs";var CI_EVERY_MS=15e3;function createLog(stream){let inPlace=!1,last=Date.now(),clear=()=>{inPlace&&stream.write("\r\x1B[2K"),inPlace=!1},line=text=>{clear(),stream.write(`${logLines(text)}
`)};return{info:line,warn:text=>line(`warning: ${text}`),progress:text=>{if(stream.isTTY){stream.write(`\r\x1B[2K${logLines(text)}`),inPlace=!0;return}let now=Date.now();now-last<CI_EVERY_MS||(last=now,line(text))},end:clear}}export{createLog};
