import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{contentHash}from"./chunk-WDHZH2UX.mjs";function requestHash(parts){if(parts.hash===void 0&&parts.segments===void 0)return contentHash(parts);let{hash:_hash,segments:_segments,...asked}=parts;return contentHash(asked)}export{requestHash};
