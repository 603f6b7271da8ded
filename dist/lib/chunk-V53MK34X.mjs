import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
var HttpFailure=class extends Error{kind;constructor(kind,message){super(message),this.kind=kind}},GitHubFailure=class extends Error{status;permission;constructor(message,status,permission){super(message),this.status=status,this.permission=permission}};export{HttpFailure,GitHubFailure};
