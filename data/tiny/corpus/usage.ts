/**
 * What is usual, so that sentences stay sensible: ids of the lexicon, sorted by what one does with them. Tests check that every id exists.
 * @module
 */

/** Where an act may happen, by verb; verbs not named get no place. Values are classes of `places.tsv`. */
export const SCENES: Readonly<Record<string, readonly string[]>> = {
  buy: ["shop"],
  sell: ["shop"],
  drink: ["eatery"],
  eat: ["eatery"],
  order: ["eatery"],
  read: ["reading"],
  find: ["outdoor", "public"],
  see: ["outdoor", "public"],
  meet: ["public", "outdoor", "eatery"],
  photograph: ["outdoor"],
  work: ["work"],
  wait: ["public"],
  sleep: ["rest"],
  dance: ["leisure"],
  sing: ["leisure"],
  talk: ["leisure", "eatery"],
};

const ids = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** Sets of verbs. */
export const VERBS = {
  /** Over at once, or a state: no "is finding", no "is knowing". */
  notProgressive: ids(
    "buy sell find see take choose order meet see_person give send lend sell_to go go_near open hear see_show receive " +
      "understand believe bring_to come",
  ),
  /** A state: Chinese has no 了 there, and the past would read like the present. */
  states: ids("understand believe trust"),
  /** What one does every day or often. */
  habits: ids(
    "buy repair clean draw paint eat order cook drink visit meet help lend work wait sleep dance sing talk go go_near " +
      "walk_to run_to fly come wash_clothes wash_vehicle iron read write translate water feed photograph drive see_show " +
      "use polish carry hug wake cry swim smoke",
  ),
  /** Harm: said of the past only. */
  harm: ids("hide damage destroy empty criticise burn disturb threaten"),
  /** Done with family and friends only. */
  close: ids("kiss hug wake comfort"),
  /** Done together with somebody. */
  sociable: ids("work wait dance sing talk swim"),
  /** Journeys within a town. */
  near: ids("walk_to run_to go_near"),
  /** Govern an infinitive, and are told of a single past occasion. */
  ventures: ids("try forget_to begin promise stop"),
  /** Done loudly or quietly. */
  audible: ids("sing talk"),
  /** Done quickly or carefully. */
  handiwork: ids("repair clean wash_clothes wash_vehicle open carry paint"),
} as const;

/** Sets of nouns. */
export const NOUNS = {
  /** What people do not own. */
  public: ids(
    "bus train tram plane ship taxi helicopter bear elephant mouse bird bridge tower castle factory playground " +
      "swimming_pool wall film series play match programme lecture video podcast fairy_tale",
  ),
  /** What people do not have, beyond that. */
  unowned: ids(
    "bus train tram plane ship taxi helicopter truck tractor fish bear elephant mouse drawer",
  ),
} as const;

/** Sets of persons. */
export const PERSONS = {
  /** Family. */
  family: ids(
    "brother sister mother father grandmother grandfather uncle aunt son daughter parents",
  ),
} as const;

/** Sets of adjectives. */
export const ADJECTIVES = {
  /** Do not go with "very". */
  notGraded: ids("broken empty full new huge tiny"),
  /** Not said of people in every language. */
  notOfPeople: ids("old strong sick new big small sad healthy young"),
  /** Feelings that pass. */
  passing: ids("tired hungry happy busy careful friendly"),
  /** What can sensibly be too much. */
  excessive: ids(
    "big small heavy expensive hot cold long short loud slow hard narrow wide sweet sour tired hungry busy dangerous " +
      "boring dirty wet soft old light careful fast warm",
  ),
  /** Of places where one pays. */
  ofShops: ids("old big small modern beautiful famous clean expensive cheap"),
  /** Of other places. */
  ofPlaces: ids("old big small modern beautiful famous clean dirty"),
} as const;
