/**
 * Templates that are one clause: somebody does, did or will do something.
 * @module
 */
import { clauseDraft, type Template } from "../template.ts";
import type { EventOptions } from "../world.ts";

function event(name: string, weight: number, options: EventOptions): Template {
  return { name, weight, draw: (world) => clauseDraft(world.event(options)) };
}

/** Plain statements by tense and by what the verb takes. */
export const EVENTS: readonly Template[] = [
  event("past_thing", 9, { frame: "transitive", tense: "past" }),
  event("past_person", 3, { frame: "person", tense: "past" }),
  event("past_help", 2, { frame: "dative", tense: "past" }),
  event("past_giving", 5, { frame: "ditransitive", tense: "past" }),
  event("past_journey", 4, { frame: "motion", tense: "past" }),
  event("past_activity", 3, { frame: "intransitive", tense: "past" }),
  event("future_thing", 5, { frame: "transitive", tense: "future" }),
  event("future_person", 2, { frame: "person", tense: "future" }),
  event("future_help", 1, { frame: "dative", tense: "future" }),
  event("future_giving", 3, { frame: "ditransitive", tense: "future" }),
  event("future_journey", 3, { frame: "motion", tense: "future" }),
  event("future_activity", 2, { frame: "intransitive", tense: "future", time: 0.9 }),
  event("now_thing", 4, { frame: "transitive", tense: "progressive" }),
  event("now_activity", 2, { frame: "intransitive", tense: "progressive" }),
  event("habit_thing", 4, { frame: "transitive", tense: "habitual", time: 1 }),
  event("habit_person", 2, { frame: "person", tense: "habitual", frequency: true }),
  event("habit_activity", 2, { frame: "intransitive", tense: "habitual", time: 1 }),
  event("often_thing", 3, { frame: "transitive", tense: "habitual", frequency: true }),
  event("often_activity", 2, { frame: "intransitive", tense: "habitual", frequency: true }),
  event("often_journey", 2, { frame: "motion", tense: "habitual", frequency: true }),
  event("attitude_person", 2, { frame: "person", tense: "habitual", attitude: true, time: 0 }),
  event("attitude_trust", 1, { frame: "dative", tense: "habitual", attitude: true, time: 0 }),
  event("already_thing", 3, { frame: "transitive", tense: "perfect" }),
  event("not_yet_thing", 3, { frame: "transitive", tense: "notYet" }),
];

/** Statements with a modal verb. */
export const MODALS: readonly Template[] = [
  event("must_thing", 3, { frame: "transitive", tense: "must", time: 0.4 }),
  event("must_person", 1, { frame: "person", tense: "must", time: 0.4 }),
  event("must_journey", 2, { frame: "motion", tense: "must" }),
  event("want_thing", 3, { frame: "transitive", tense: "want", time: 0.3 }),
  event("want_giving", 2, { frame: "ditransitive", tense: "want", time: 0.3 }),
  event("want_journey", 2, { frame: "motion", tense: "want" }),
  event("can_help", 1, { frame: "dative", tense: "can" }),
  event("can_giving", 2, { frame: "ditransitive", tense: "can" }),
];

/** Negated statements. */
export const NEGATIONS: readonly Template[] = [
  event("not_past_thing", 4, { frame: "transitive", tense: "past", negated: true }),
  event("not_past_person", 2, { frame: "person", tense: "past", negated: true }),
  event("not_future_thing", 2, { frame: "transitive", tense: "future", negated: true }),
  event("not_future_journey", 2, { frame: "motion", tense: "future", negated: true }),
  event("not_want_thing", 2, { frame: "transitive", tense: "want", negated: true, time: 0.2 }),
  event("cannot_thing", 2, { frame: "transitive", tense: "can", negated: true, extras: 0 }),
];

/** Questions about an act. */
export const QUESTIONS: readonly Template[] = [
  event("did_thing", 3, { frame: "transitive", tense: "past", question: "yesno" }),
  event("did_giving", 2, { frame: "ditransitive", tense: "past", question: "yesno" }),
  event("will_thing", 2, { frame: "transitive", tense: "future", question: "yesno" }),
  event("will_journey", 2, { frame: "motion", tense: "future", question: "yesno" }),
  event("can_thing", 2, { frame: "transitive", tense: "can", question: "yesno" }),
  event("want_question", 2, { frame: "transitive", tense: "want", question: "yesno", time: 0.2 }),
  event("what_did", 2, { frame: "transitive", tense: "past", question: "what", extras: 0.3 }),
  event("where_did", 2, {
    frame: "transitive",
    tense: "past",
    question: "where",
    time: 0.2,
    extras: 0,
  }),
  event("when_did", 2, { frame: "transitive", tense: "past", question: "when", extras: 0.1 }),
];
