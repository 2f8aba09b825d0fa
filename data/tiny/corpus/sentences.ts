/**
 * A stream of sentences in six languages, from a seed.
 * @module
 */
import type { Language } from "../../directions.ts";
import { LANGUAGES } from "./formats.ts";
import { loadLexicon } from "./lexicon.ts";
import { Random } from "./random.ts";
import { Selection } from "./selection.ts";
import { Speaker } from "./speaker.ts";
import { finish, type Template } from "./template.ts";
import { TEMPLATES } from "./templates/all.ts";
import { World } from "./world.ts";

/** One meaning and its wording in each language. */
export interface Sentence {
  /** Names the meaning: the template and the choices made. Two sentences with one key differ in wording only. */
  readonly key: string;
  /** Verb and object pairs, as "verb object". */
  readonly pairs: readonly string[];
  readonly text: Readonly<Record<Language, string>>;
}

/** No sentence has more English words. */
const LONGEST = 20;

const total = TEMPLATES.reduce((sum, template) => sum + template.weight, 0);

/** Makes sentences, one after the other. */
export class Writer {
  readonly #random: Random;
  readonly #selection = new Selection(loadLexicon());
  readonly #speakers: readonly Speaker[];

  /** The same seed writes the same sentences. */
  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#speakers = LANGUAGES.map((language) => new Speaker(language, this.#random));
  }

  /** Draws a template by weight, then a sentence of it, of at most `LONGEST` English words. */
  next(): Sentence {
    let mark = this.#random.next() * total;
    const template = TEMPLATES.find((t) => (mark -= t.weight) < 0) ?? TEMPLATES[0];
    const sentence = this.write(template);
    return sentence.text.en.split(" ").length > LONGEST ? this.next() : sentence;
  }

  /** Draws a sentence of one template. */
  write(template: Template): Sentence {
    const world = new World(this.#selection, this.#random);
    const draft = template.draw(world);
    const text = {} as Record<Language, string>;
    for (const speaker of this.#speakers) {
      const { language } = speaker;
      text[language] = finish(draft.say[language](speaker), language, draft.asks);
    }
    return { key: `${template.name} ${world.trace.join(".")}`, pairs: world.pairs, text };
  }
}
