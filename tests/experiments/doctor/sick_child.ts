/** What a driver may do to the process of a check: the name says what. */
import process from "node:process";

const [, name] = Deno.args;
if (name === "crashes") process.abort();
if (name === "hangs") setInterval(() => {}, 1000);
if (name === "throws") throw new Error("the adapter went away");
if (name === "prints") {
  console.log("a driver's greeting");
  console.log(JSON.stringify({ kind: "backend", name, verdict: "right", measures: [] }));
}
