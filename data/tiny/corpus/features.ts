/**
 * What a sentence means, without saying how: the abstract clause that every grammar turns into words.
 * @module
 */
import type { Lexeme } from "./lexicon.ts";
import type { Speaker } from "./speaker.ts";

/** First, second, third person singular, first and third person plural: the order of a verb's forms. */
export type Person = 0 | 1 | 2 | 3 | 4;

/** Gender of a pronoun; `p` is plural, `w` asks (who). */
export type Gender = "m" | "f" | "p" | "w";

/** Whose: `my` ... `their`, as the English word. */
export type Owner = "my" | "your" | "his" | "her" | "our" | "their";

/** A personal pronoun. */
export interface Pronoun {
  readonly kind: "pronoun";
  readonly person: Person;
  readonly gender: Gender;
}

/** A person or group: a name, `the teacher`, `my brother`. */
export interface PersonPhrase {
  readonly kind: "person";
  readonly lexeme: Lexeme;
  readonly owner?: Owner;
  /** The owner is the subject of the clause (Czech svůj, Russian свой, Icelandic sinn). */
  readonly reflexive?: boolean;
}

/** How a thing is pointed at. `bare` is a mass noun or a plural without article. */
export type Determiner = "definite" | "indefinite" | "this" | "bare" | "some" | "number" | "owned";

/** A thing, an animal or a substance. */
export interface ThingPhrase {
  readonly kind: "thing";
  readonly lexeme: Lexeme;
  readonly mass: boolean;
  readonly determiner: Determiner;
  readonly adjective?: Lexeme;
  /** With determiner `number`. */
  readonly numeral?: Lexeme;
  /** With determiner `owned`. */
  readonly owner?: Owner;
  /** With determiner `owned`. */
  readonly reflexive?: boolean;
}

/** What can be a subject. */
export type Subject = Pronoun | PersonPhrase | ThingPhrase;

/** Tense, aspect and modality in one. `perfect` is "has already", `notYet` "has not yet". */
export type Tense =
  | "past"
  | "progressive"
  | "habitual"
  | "future"
  | "must"
  | "want"
  | "can"
  | "perfect"
  | "notYet";

/** A time adverbial, with a clock time such as "14:30" where it takes one. */
export interface Time {
  readonly lexeme: Lexeme;
  readonly clock?: string;
}

/** A question: yes or no, or the word asked with, whose phrase is then left out of the clause. */
export type Question = "yesno" | "what" | "where" | "when";

/** One clause. */
export interface Clause {
  readonly subject: Subject;
  readonly verb: Lexeme;
  readonly tense: Tense;
  /** A verb that takes an infinitive: its tense is the clause's, `verb` is the infinitive. */
  readonly governor?: Lexeme;
  readonly object?: ThingPhrase;
  /** The person a verb of frame `person` or `dative` is about. */
  readonly target?: PersonPhrase;
  /** Who receives the thing, with frame `ditransitive`. */
  readonly recipient?: PersonPhrase;
  readonly companion?: PersonPhrase;
  /** Where it happens: a place or a city. */
  readonly place?: Lexeme;
  /** Where it leads, with frame `motion`. */
  readonly goal?: Lexeme;
  readonly transport?: Lexeme;
  readonly time?: Time;
  readonly frequency?: Lexeme;
  readonly manner?: Lexeme;
  readonly negated?: boolean;
  readonly question?: Question;
}

/** How a clause stands in its sentence. `reported` is what somebody says or thinks: the subjunctive in Icelandic. */
export type Mode = "main" | "subordinate" | "reported";

/** The cases the grammars tell apart. */
export type Case = "nominative" | "genitive" | "accusative" | "dative" | "instrumental";

/** A clause with "to be": what somebody or something is like, is, or where it is. Exactly one of the predicates is set. */
export interface State {
  readonly subject: Subject;
  /** `past` needs a time, since Chinese shows it nowhere else. */
  readonly tense: "past" | "present" | "future";
  /** Predicate: an adjective, with an adverb of degree. */
  readonly adjective?: Lexeme;
  readonly degree?: Lexeme;
  /** With `adjective`: the comparative, and what with. */
  readonly than?: ThingPhrase;
  /** Predicate: a profession. */
  readonly job?: Lexeme;
  /** Predicate: a place or city. */
  readonly place?: Lexeme;
  readonly time?: Time;
}

/** A subject put into words, with what the verb must agree with. */
export interface Agreed {
  readonly text: string;
  readonly person: Person;
  /** The language's own gender letter. */
  readonly gender: string;
}

/** One language: the same meanings, in its words. */
export interface Grammar {
  /** A clause without capital letter and final mark. */
  clause(clause: Clause, speaker: Speaker, mode?: Mode): string;
  /** A clause with "to be". */
  state(state: State, speaker: Speaker): string;
  /** A subject, in the nominative. */
  subject(subject: Subject, speaker: Speaker): Agreed;
  /** A thing in the nominative or accusative. */
  thing(phrase: ThingPhrase, which: Case, speaker: Speaker): string;
  /** A person in any case. */
  person(phrase: PersonPhrase, which: Case, speaker: Speaker): string;
  /** A time, with its clock time. */
  time(time: Time, speaker: Speaker): string;
  /** At a place or in a city. */
  at(place: Lexeme, speaker: Speaker): string;
  /** To a place or city. */
  to(place: Lexeme, speaker: Speaker): string;
}

/** The person a verb agrees with. */
export function personOf(subject: Subject): Person {
  if (subject.kind === "pronoun") return subject.person;
  return subject.kind === "person" && subject.lexeme.classes.has("plural") ? 4 : 2;
}
