/**
 * Draws meanings: who does what, when, where. Every choice is written to a trace, so that a meaning has a name.
 * @module
 */
import {
  type Clause,
  type Owner,
  type PersonPhrase,
  type Pronoun,
  type Question,
  type Subject,
  type Tense,
  type ThingPhrase,
  type Time,
} from "./features.ts";
import type { Lexeme, Lexicon } from "./lexicon.ts";
import type { Random } from "./random.ts";
import type { Selection } from "./selection.ts";
import { NOUNS, PERSONS, VERBS } from "./usage.ts";

const PRONOUNS: readonly Pronoun[] = [
  { kind: "pronoun", person: 0, gender: "m" },
  { kind: "pronoun", person: 1, gender: "m" },
  { kind: "pronoun", person: 2, gender: "m" },
  { kind: "pronoun", person: 2, gender: "f" },
  { kind: "pronoun", person: 3, gender: "p" },
  { kind: "pronoun", person: 4, gender: "p" },
];
const MINUTES = ["00", "10", "15", "20", "30", "45", "50"];

const KNOWN = ["definite", "definite", "definite", "this", "owned"] as const;
const LOOSE = ["bare", "bare", "definite", "owned"] as const;
// deno-fmt-ignore
const FREE = [
  "definite", "definite", "indefinite", "indefinite", "indefinite", "this", "owned", "number", "number", "some",
] as const;

/** What a template asks of an event. Probabilities default to those of a plain sentence. */
export interface EventOptions {
  readonly frame: string;
  readonly tense: Tense;
  readonly subject?: Subject;
  readonly negated?: boolean;
  readonly question?: Question;
  /** Probability of a time adverbial. */
  readonly time?: number;
  /** Probability of each of companion, place and manner. */
  readonly extras?: number;
  readonly governor?: Lexeme;
  /** Only verbs of attitude, such as "know" and "trust". */
  readonly attitude?: boolean;
  /** Adds an adverb of frequency instead of a time. */
  readonly frequency?: boolean;
}

/** One drawing of a meaning. */
export class World {
  readonly lexicon: Lexicon;
  /** The choices made, in order. */
  readonly trace: number[] = [];
  /** The (verb, object) pairs used, as "verb object". */
  readonly pairs: string[] = [];
  readonly #random: Random;
  readonly #selection: Selection;

  /** Draws from `random`. */
  constructor(selection: Selection, random: Random) {
    this.lexicon = selection.lexicon;
    this.#selection = selection;
    this.#random = random;
  }

  /** One element of a list. */
  pick<T>(list: readonly T[]): T {
    const index = this.#random.below(list.length);
    this.trace.push(index);
    return list[index];
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    const yes = this.#random.chance(probability);
    this.trace.push(yes ? 1 : 0);
    return yes;
  }

  /** A pronoun or a person. */
  subject(): Subject {
    return this.chance(0.45) ? this.pick(PRONOUNS) : this.person();
  }

  /** A person as subject. */
  person(): PersonPhrase {
    const lexeme = this.pick(this.lexicon.persons);
    if (!lexeme.classes.has("kin")) return { kind: "person", lexeme };
    const owner = this.pick<Owner>(["my", "my", "my", "our", "your"]);
    return { kind: "person", lexeme, owner };
  }

  /** The owner that means the subject itself. */
  ownerOf(subject: Subject): Owner | undefined {
    if (subject.kind === "thing") return undefined;
    if (subject.kind === "person") {
      const gender = subject.lexeme.forms.cs[0][0];
      return ({ m: "his", f: "her", p: "their", q: "their" } as Record<string, Owner>)[gender];
    }
    const own: Owner[] = ["my", "your", subject.gender === "f" ? "her" : "his", "our", "their"];
    return own[subject.person];
  }

  /** Another person than the subject, as an object or companion. */
  other(subject: Subject, close = false): PersonPhrase {
    const persons = this.lexicon.persons.filter((p) =>
      !(subject.kind === "person" && subject.lexeme === p) &&
      (!close || p.classes.has("name") || PERSONS.family.has(p.id))
    );
    const lexeme = this.pick(persons);
    if (!lexeme.classes.has("kin")) return { kind: "person", lexeme };
    const own = this.ownerOf(subject);
    const first = own === "my" || own === "our";
    if (own && (first || this.chance(0.5))) {
      return { kind: "person", lexeme, owner: own, reflexive: true };
    }
    return { kind: "person", lexeme, owner: this.pick<Owner>(["my", "my", "our"]) };
  }

  /** A thing that a verb can have as its object. */
  object(
    verb: Lexeme,
    subject: Subject,
    options: { known?: boolean; loose?: boolean } = {},
  ): ThingPhrase {
    const noun = this.pick(this.#selection.objects(verb));
    this.pairs.push(`${verb.id} ${noun.lexeme.id}`);
    return this.describe(noun.lexeme, noun.mass, subject, options);
  }

  /** Dresses a noun with determiner, number and adjective. `known`: definite; `loose`: no numbers, plurals as kinds. */
  describe(
    lexeme: Lexeme,
    mass: boolean,
    subject: Subject,
    options: { known?: boolean; loose?: boolean } = {},
  ): ThingPhrase {
    const adjective = this.chance(0.42) ? this.adjective(lexeme) : undefined;
    const base = { kind: "thing" as const, lexeme, mass, adjective };
    if (mass) return { ...base, determiner: "bare" };
    const owner = this.ownerOf(subject);
    const determiner = options.known
      ? this.pick(KNOWN)
      : options.loose
      ? this.pick(LOOSE)
      : this.pick(FREE);
    if (determiner === "owned") {
      if (!owner || NOUNS.public.has(lexeme.id)) return { ...base, determiner: "definite" };
      return { ...base, determiner, owner, reflexive: true };
    }
    if (determiner !== "number") return { ...base, determiner };
    const small = lexeme.classes.has("building") || lexeme.classes.has("vehicle");
    const numerals = small ? this.lexicon.numerals.slice(0, 3) : this.lexicon.numerals;
    return { ...base, determiner, numeral: this.pick(numerals) };
  }

  /** An adjective that fits a noun. */
  adjective(noun: Lexeme): Lexeme | undefined {
    const list = this.#selection.adjectives(noun);
    return list.length ? this.pick(list) : undefined;
  }

  /** A time that fits a tense. */
  time(tense: Tense, clock = true): Time {
    const kinds = tense === "past"
      ? ["past", "weekday"]
      : tense === "habitual"
      ? ["habitual"]
      : ["future", "weekday"];
    const lexeme = this.pick(this.lexicon.times.filter((t) => kinds.some((k) => t.classes.has(k))));
    return clock && lexeme.classes.has("clock") && this.chance(0.2)
      ? { lexeme, clock: this.clock() }
      : { lexeme };
  }

  /** A time of day such as "14:30". */
  clock(): string {
    return `${6 + this.pick([...Array(17).keys()])}:${this.pick(MINUTES)}`;
  }

  /** A whole clause. */
  event(options: EventOptions): Clause {
    const { frame, tense, negated, question, governor } = options;
    const subject = options.subject ?? this.subject();
    const verb = this.pick(
      this.#selection.verbs(frame, options.attitude ? "attitude" : governor ? "habitual" : tense),
    );
    const extras = options.extras ?? 0.3;
    const activity = frame === "intransitive";
    const known = Boolean(negated) || question === "where" || question === "when" ||
      tense === "notYet" || tense === "perfect";
    const details = { known, loose: tense === "habitual" };
    const timed = tense === "past" && activity ? 1 : options.time ?? 0.78;
    const scenes = question === "where" ? [] : this.#selection.scenes(verb);
    const timeless = ["progressive", "perfect", "notYet", "can"].includes(tense);
    return {
      subject,
      verb,
      tense,
      governor,
      negated,
      question,
      object: frame === "transitive" || frame === "ditransitive"
        ? this.object(verb, subject, details)
        : undefined,
      target: frame === "person" || frame === "dative"
        ? this.other(subject, VERBS.close.has(verb.id))
        : undefined,
      recipient: frame === "ditransitive" ? this.other(subject) : undefined,
      ...(frame === "motion" ? this.journey(verb) : {}),
      companion: (activity ? VERBS.sociable.has(verb.id) : frame === "motion") &&
          this.chance(extras * 1.4)
        ? this.other(subject)
        : undefined,
      place: scenes.length && this.chance(activity ? 0.6 : extras * 2)
        ? this.pick(scenes)
        : undefined,
      manner: this.manner(verb, frame, extras),
      time: !options.frequency && !timeless && this.chance(timed) ? this.time(tense) : undefined,
      frequency: options.frequency ? this.pick(this.lexicon.frequencies) : undefined,
    };
  }

  /** Where a journey leads, and how. */
  journey(verb: Lexeme): { goal: Lexeme; transport?: Lexeme } {
    const far = !VERBS.near.has(verb.id) && (verb.id !== "come" || this.chance(0.5));
    const goal = far
      ? this.pick(this.lexicon.cities)
      : this.pick(this.lexicon.places.filter((p) => p.classes.has("trip")));
    const byLand = goal.classes.has("land") && verb.id === "go" && this.chance(0.4);
    return byLand ? { goal, transport: this.pick(this.lexicon.transports) } : { goal };
  }

  /** How something is done, now and then. */
  manner(verb: Lexeme, frame: string, probability: number): Lexeme | undefined {
    const sounds = frame === "intransitive" && VERBS.audible.has(verb.id);
    const kind = sounds ? "sound" : VERBS.handiwork.has(verb.id) ? "work" : "";
    if (!kind || !this.chance(probability * 1.5)) return undefined;
    return this.pick(this.lexicon.manners.filter((m) => m.classes.has(kind)));
  }
}
