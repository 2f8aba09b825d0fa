import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { PythonProcess } from "../../../experiments/bench/python_process.ts";
import { itNeeds, PYTHON } from "../../needs.ts";
import { checkoutPath } from "../command.ts";

const ECHO = new URL("echo.py", import.meta.url);
const start = (script: string | URL = ECHO) =>
  PythonProcess.start<{ arguments: string[] }>("python3", script, [
    checkoutPath("experiments/bench"),
    "one",
  ]);

describe("PythonProcess", () => {
  itNeeds(PYTHON, "answers many requests, whatever libraries print", async () => {
    const { process, about } = await start();
    await using _ = process;
    expect(about).toEqual({ arguments: ["one"] });
    expect(await process.ask("add", { a: 2, b: 3 })).toBe(5);
    expect(await process.ask("say", { sep: "" })).toBe(null);
    const long = "ü".repeat(200_000); // more than a pipe holds
    expect(await process.ask("add", { a: long, b: "!" })).toBe(`${long}!`);
  });

  itNeeds(PYTHON, "throws what Python raised, and can be asked again", async () => {
    const { process } = await start();
    await using _ = process;
    await expect(process.ask("refuse", { reason: "too large" })).rejects.toThrow(
      "ValueError: too large",
    );
    await expect(process.ask("nothing")).rejects.toThrow("KeyError");
    expect(await process.ask("add", { a: 1, b: 1 })).toBe(2);
  });

  itNeeds(PYTHON, "says so when the script ends", async () => {
    const { process } = await start();
    await using _ = process;
    await expect(process.ask("end")).rejects.toThrow(/it ended with exit code 3$/);
    await expect(start(new URL("none.py", ECHO))).rejects.toThrow(/it ended with exit code 2$/);
  });
});
