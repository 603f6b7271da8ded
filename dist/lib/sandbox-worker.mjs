import{createRequire as __r}from'node:module';const require=__r(import.meta.url);
import{runProgram}from"./chunk-I6536P2G.mjs";import"./chunk-WBN53OI3.mjs";import{parentPort}from"node:worker_threads";var reply=message=>parentPort?.postMessage(message);await runProgram("");reply("ready");parentPort?.on("message",async program=>reply(await runProgram(program)));
