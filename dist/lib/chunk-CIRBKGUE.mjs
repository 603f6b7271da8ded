import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{leftOut,loadProfiles,refusal}from"./chunk-5JQ7ILRO.mjs";import"./chunk-RCDF7R2Z.mjs";import"./chunk-Q67SYAOZ.mjs";import"./chunk-NXWOOUOR.mjs";import"./chunk-VSOCIBZV.mjs";import"./chunk-WBN53OI3.mjs";export{leftOut,loadProfiles,refusal};
