/**
 * Every template, by name and weight.
 * @module
 */
import type { Template } from "../template.ts";
import { AGES } from "./age.ts";
import { COMPOUNDS } from "./compound.ts";
import { DESCRIPTIONS } from "./description.ts";
import { EVENTS, MODALS, NEGATIONS, QUESTIONS } from "./events.ts";
import { JOURNEYS } from "./journeys.ts";
import { MEETINGS } from "./meeting.ts";
import { PEOPLE } from "./people.ts";
import { PLACES } from "./places.ts";
import { POSSESSION } from "./possession.ts";
import { PRICES } from "./prices.ts";
import { REQUESTS } from "./requests.ts";
import { STAYS } from "./stays.ts";
import { WEATHER } from "./weather.ts";

/** All templates. */
export const TEMPLATES: readonly Template[] = [
  ...EVENTS,
  ...MODALS,
  ...NEGATIONS,
  ...QUESTIONS,
  ...COMPOUNDS,
  ...DESCRIPTIONS,
  ...POSSESSION,
  ...JOURNEYS,
  ...PLACES,
  ...MEETINGS,
  ...PRICES,
  ...WEATHER,
  ...AGES,
  ...REQUESTS,
  ...STAYS,
  ...PEOPLE,
];
