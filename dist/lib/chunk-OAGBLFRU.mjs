import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
function isWorthIt({per,lowPico,percent}){let least=per==="month"?1:.001;return lowPico>0&&lowPico/1e12>=least&&percent>=1}export{isWorthIt};
