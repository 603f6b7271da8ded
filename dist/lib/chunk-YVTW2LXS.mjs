import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
function vertexModel(written){let found=/^(?:publishers\/)?([^/]+)\/(?:models\/)?(.+)$/.exec(written);return found!==null?{publisher:found[1]??"",model:found[2]??""}:{publisher:/^claude-/i.test(written)?"anthropic":"google",model:written}}export{vertexModel};
