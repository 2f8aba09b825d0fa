/**
 * Templates that say what things and people are like, what they are and where they are.
 * @module
 */
import type { Person, Subject, ThingPhrase } from "../features.ts";
import type { Lexeme } from "../lexicon.ts";
import { stateDraft, type Template } from "../template.ts";
import { ADJECTIVES } from "../usage.ts";
import type { World } from "../world.ts";

/** A degree that suits an adjective. */
export function degreeFor(world: World, adjective: Lexeme): Lexeme {
  return world.pick(
    world.lexicon.degrees.filter((d) => d.id !== "too" || ADJECTIVES.excessive.has(adjective.id)),
  );
}
/** Things worth describing. */
const DESCRIBED = [
  "readable",
  "wearable",
  "vehicle",
  "device",
  "furniture",
  "building",
  "instrument",
  "dish",
  "watchable",
];

const predicates = (world: World, noun: Lexeme) =>
  world.lexicon.adjectives.filter((a) =>
    a.classes.has("predicate") && !ADJECTIVES.notGraded.has(a.id) &&
    (a.classes.has("any") || [...a.classes].some((c) => noun.classes.has(c)))
  );

const described = (world: World) =>
  world.lexicon.nouns.filter((n) =>
    DESCRIBED.some((c) => n.classes.has(c)) && !n.classes.has("animal")
  );

/** A countable thing with a determiner. */
export function thing(
  lexeme: Lexeme,
  determiner: ThingPhrase["determiner"],
  adjective?: Lexeme,
): ThingPhrase {
  return { kind: "thing", lexeme, mass: false, determiner, adjective };
}

const thingIs: Template = {
  name: "thing_is",
  weight: 5,
  draw(world) {
    const noun = world.pick(described(world));
    const determiner = world.pick(["definite", "definite", "this"] as const);
    const adjective = world.pick(predicates(world, noun));
    return stateDraft({
      subject: thing(noun, determiner),
      tense: "present",
      adjective,
      degree: degreeFor(world, adjective),
    });
  },
};

const thingWas: Template = {
  name: "thing_was",
  weight: 3,
  draw(world) {
    const noun = world.pick(
      world.lexicon.nouns.filter((n) => n.classes.has("dish") || n.classes.has("watchable")),
    );
    const adjective = world.pick(predicates(world, noun));
    const degree = degreeFor(world, adjective);
    return stateDraft({
      subject: thing(noun, "definite"),
      tense: "past",
      adjective,
      degree,
      time: world.time("past", false),
    });
  },
};

const comparison: Template = {
  name: "comparison",
  weight: 4,
  draw(world) {
    const kind = world.pick([
      "vehicle",
      "wearable",
      "device",
      "furniture",
      "building",
      "animal",
      "readable",
      "dish",
    ]);
    const nouns = world.lexicon.nouns.filter((n) =>
      n.classes.has(kind) && (kind === "animal" || !n.classes.has("animal"))
    );
    const first = world.pick(nouns);
    let second = world.pick(nouns);
    while (second === first) second = world.pick(nouns);
    const adjectives = predicates(world, first).filter((a) =>
      a.classes.has("any") || a.classes.has(kind)
    );
    return stateDraft({
      subject: thing(first, world.pick(["definite", "this"] as const)),
      tense: "present",
      adjective: world.pick(adjectives),
      than: thing(second, "definite"),
    });
  },
};

/** I, you, he, she, or one person. */
function someone(world: World): Subject {
  const pronouns = [[0, "m"], [1, "m"], [2, "m"], [2, "f"]] as const;
  if (world.chance(0.4)) {
    const [person, gender] = world.pick(pronouns);
    return { kind: "pronoun", person: person as Person, gender };
  }
  let one = world.person();
  while (one.lexeme.classes.has("plural")) one = world.person();
  return one;
}

const feelings = (world: World) =>
  world.lexicon.adjectives.filter((a) =>
    a.classes.has("person") && a.classes.has("predicate") && !ADJECTIVES.notOfPeople.has(a.id)
  );

const personIs: Template = {
  name: "person_is",
  weight: 4,
  draw(world) {
    const adjective = world.pick(feelings(world));
    return stateDraft({
      subject: someone(world),
      tense: "present",
      adjective,
      degree: degreeFor(world, adjective),
    });
  },
};

const personWas: Template = {
  name: "person_was",
  weight: 3,
  draw(world) {
    const passing = feelings(world).filter((a) => ADJECTIVES.passing.has(a.id));
    const adjective = world.pick(passing);
    const degree = degreeFor(world, adjective);
    return stateDraft({
      subject: someone(world),
      tense: "past",
      adjective,
      degree,
      time: world.time("past", false),
    });
  },
};

const profession: Template = {
  name: "profession",
  weight: 3,
  draw(world) {
    let subject = someone(world);
    while (
      subject.kind === "person" &&
      (subject.lexeme.classes.has("job") || subject.lexeme.classes.has("people"))
    ) {
      subject = someone(world);
    }
    const female = /^[f]/.test(
      subject.kind === "pronoun"
        ? subject.gender
        : subject.kind === "person"
        ? subject.lexeme.forms.cs[0][0]
        : "",
    );
    const jobs = world.lexicon.persons.filter((p) =>
      p.classes.has("job") && (p.forms.cs[0][0] === "f") === female
    );
    return stateDraft({ subject, tense: "present", job: world.pick(jobs) });
  },
};

const whereabouts: Template = {
  name: "whereabouts",
  weight: 4,
  draw(world) {
    const tense = world.pick(["past", "past", "future"] as const);
    const place = world.pick(
      world.chance(0.3)
        ? world.lexicon.cities
        : world.lexicon.places.filter((p) => p.classes.has("trip")),
    );
    return stateDraft({ subject: world.subject(), tense, place, time: world.time(tense, false) });
  },
};

/** What things and people are like, what they are, where they are. */
export const DESCRIPTIONS: readonly Template[] = [
  thingIs,
  thingWas,
  comparison,
  personIs,
  personWas,
  profession,
  whereabouts,
];
