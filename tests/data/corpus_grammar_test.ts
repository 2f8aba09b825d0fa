import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Language } from "../../data/directions.ts";
import type {
  Clause,
  PersonPhrase,
  Pronoun,
  State,
  Subject,
  ThingPhrase,
} from "../../data/tiny/corpus/features.ts";
import type { LexiconName } from "../../data/tiny/corpus/formats.ts";
import { GRAMMARS } from "../../data/tiny/corpus/grammar/all.ts";
import {
  czechCount,
  icelandicCount,
  russianCount,
} from "../../data/tiny/corpus/grammar/counting.ts";
import {
  atClock,
  withPreposition as czechWith,
} from "../../data/tiny/corpus/grammar/czech_phrases.ts";
import { article } from "../../data/tiny/corpus/grammar/english.ts";
import { presentSubjunctive } from "../../data/tiny/corpus/grammar/icelandic.ts";
import {
  adjectiveGenitive,
  withPreposition as russianWith,
} from "../../data/tiny/corpus/grammar/russian_phrases.ts";
import { type Lexeme, loadLexicon } from "../../data/tiny/corpus/lexicon.ts";
import { ALWAYS_USUAL, Speaker } from "../../data/tiny/corpus/speaker.ts";

const lexicon = loadLexicon();

/** A lexeme by file and id. */
function word(file: LexiconName, id: string): Lexeme {
  const found = lexicon[file].find((x) => x.id === id);
  if (!found) throw new RangeError(`Cannot test with ${id}: ${file}.tsv has no such lexeme`);
  return found;
}

const I: Pronoun = { kind: "pronoun", person: 0, gender: "m" };
const SHE: Pronoun = { kind: "pronoun", person: 2, gender: "f" };
const person = (id: string, more: Partial<PersonPhrase> = {}): PersonPhrase => ({
  kind: "person",
  lexeme: word("persons", id),
  ...more,
});
const thing = (
  id: string,
  determiner: ThingPhrase["determiner"],
  more: Partial<ThingPhrase> = {},
): ThingPhrase => ({
  kind: "thing",
  lexeme: word("nouns", id),
  mass: false,
  determiner,
  ...more,
});
const adjective = (id: string) => ({ adjective: word("adjectives", id) });
const numeral = (id: string) => ({ numeral: word("numerals", id) });
const time = (id: string) => ({ time: { lexeme: word("times", id) } });
const clause = (
  subject: Subject,
  verb: string,
  tense: Clause["tense"],
  more: Partial<Clause> = {},
): Clause => ({
  subject,
  verb: word("verbs", verb),
  tense,
  ...more,
});

/** Says a clause in its usual wording. */
function say(language: Language, c: Clause, mode?: "main" | "subordinate" | "reported"): string {
  return GRAMMARS[language].clause(c, new Speaker(language, ALWAYS_USUAL), mode);
}
const state = (language: Language, s: State) =>
  GRAMMARS[language].state(s, new Speaker(language, ALWAYS_USUAL));
const accusative = (language: Language, t: ThingPhrase) =>
  GRAMMARS[language].thing(t, "accusative", new Speaker(language, ALWAYS_USUAL));

const book = thing("book", "definite");
const bought = clause(I, "buy", "past", { object: book, ...time("yesterday") });

describe("english", () => {
  it("english.clause() supports negation and questions with do", () => {
    expect(say("en", { ...bought, negated: true })).toBe("I did not buy the book yesterday");
    expect(say("en", { ...bought, subject: SHE, question: "yesno" })).toBe(
      "did she buy the book yesterday",
    );
    const reads = clause(SHE, "read", "habitual", { object: book });
    expect(say("en", reads)).toBe("she reads the book");
    expect(say("en", { ...reads, tense: "notYet" })).toBe("she has not read the book yet");
  });

  it("article() follows the sound of the next word", () => {
    const words = [
      "apple",
      "umbrella",
      "ugly hat",
      "useful book",
      "old car",
      "green egg",
      "actress",
    ];
    expect(words.map(article)).toEqual(["an", "an", "an", "a", "an", "a", "an"]);
  });
});

describe("german", () => {
  it("german.clause() keeps the verb second and puts it last after dass", () => {
    expect(say("de", bought)).toBe("ich habe gestern das Buch gekauft");
    expect(say("de", bought, "subordinate")).toBe("ich gestern das Buch gekauft habe");
    const often = { chance: (p: number) => p !== 0.78, below: () => 0 };
    expect(GRAMMARS.de.clause(bought, new Speaker("de", often))).toBe(
      "gestern habe ich das Buch gekauft",
    );
  });

  it("german.clause() splits and joins separable verbs", () => {
    const hangs = clause(SHE, "hang", "progressive", { object: thing("picture", "indefinite") });
    expect(say("de", hangs)).toBe("sie hängt gerade ein Bild auf");
    expect(say("de", hangs, "subordinate")).toBe("sie gerade ein Bild aufhängt");
    const forgot = { ...hangs, tense: "past" as const, governor: word("verbs", "forget_to") };
    expect(say("de", forgot)).toBe("sie hat vergessen, ein Bild aufzuhängen");
  });

  it("german.clause() says kein for what is not there, and nicht after what is known", () => {
    const tea: ThingPhrase = {
      kind: "thing",
      lexeme: word("mass", "tea"),
      mass: true,
      determiner: "bare",
    };
    expect(say("de", clause(I, "drink", "past", { object: tea, negated: true }))).toBe(
      "ich habe keinen Tee getrunken",
    );
    expect(say("de", { ...bought, negated: true })).toBe("ich habe gestern das Buch nicht gekauft");
    expect(say("de", clause(I, "drink", "notYet", { object: tea }))).toBe(
      "ich habe noch keinen Tee getrunken",
    );
  });

  it("german.thing() declines articles, adjectives and weak nouns", () => {
    expect(accusative("de", thing("elephant", "indefinite", adjective("big")))).toBe(
      "einen großen Elefanten",
    );
    expect(accusative("de", thing("car", "indefinite", adjective("expensive")))).toBe(
      "ein teures Auto",
    );
    expect(accusative("de", thing("lamp", "definite", adjective("new")))).toBe("die neue Lampe");
    expect(accusative("de", thing("chair", "this", adjective("old")))).toBe("diesen alten Stuhl");
    expect(accusative("de", thing("chair", "number", { ...adjective("old"), ...numeral("three") })))
      .toBe("drei alte Stühle");
  });
});

describe("czech", () => {
  it("czech.clause() keeps the clitic in second place", () => {
    expect(say("cs", bought)).toBe("včera jsem koupil knihu");
    expect(say("cs", bought, "subordinate")).toBe("jsem včera koupil knihu");
    expect(say("cs", { ...bought, time: undefined })).toBe("koupil jsem knihu");
    expect(say("cs", { ...bought, tense: "perfect", time: undefined })).toBe(
      "už jsem koupil knihu",
    );
    expect(say("cs", { ...bought, subject: { ...I, person: 1 }, question: "yesno" })).toBe(
      "koupil jsi včera knihu",
    );
  });

  it("czech.clause() agrees with the subject's gender and number", () => {
    const verbs = ["anna", "peter", "child", "parents", "children"].map((id) =>
      say("cs", clause(person(id), "buy", "past", { object: book })).split(" ")[1]
    );
    expect(verbs).toEqual(["koupila", "koupil", "koupilo", "koupili", "koupily"]);
  });

  it("czech.clause() chooses aspect: imperfective now, perfective once, iterative often", () => {
    const c = clause(SHE, "repair", "past", { object: thing("car", "definite") });
    expect(say("cs", c)).toBe("opravila auto");
    expect(say("cs", { ...c, tense: "future" })).toBe("ona opraví auto");
    expect(say("cs", { ...c, tense: "progressive" })).toBe("ona právě opravuje auto");
    const goes = clause(person("anna"), "go", "habitual", {
      goal: word("cities", "prague"),
      frequency: word("frequencies", "often"),
    });
    expect(say("cs", goes)).toBe("Anna často jezdí do Prahy");
  });

  it("czech.thing() has no article for a or the, and counts 2 to 4 unlike 5", () => {
    expect(accusative("cs", thing("book", "indefinite"))).toBe("knihu");
    expect(accusative("cs", thing("dog", "indefinite", adjective("big")))).toBe("velkého psa");
    expect(accusative("cs", thing("chair", "number", { ...adjective("new"), ...numeral("two") })))
      .toBe("dvě nové židle");
    expect(accusative("cs", thing("chair", "number", { ...adjective("new"), ...numeral("five") })))
      .toBe("pět nových židlí");
  });

  it("czech.person() says svůj for the subject's own", () => {
    const brother = person("brother", { owner: "my", reflexive: true });
    expect(say("cs", clause(I, "help", "past", { target: brother }))).toBe(
      "pomohl jsem svému bratrovi",
    );
    const mine = person("brother", { owner: "my" });
    expect(say("cs", clause(person("anna"), "help", "past", { target: mine }))).toBe(
      "Anna pomohla mému bratrovi",
    );
  });

  it("atClock() and withPreposition() vocalise before what is hard to say", () => {
    expect(["12:30", "2:00", "20:15", "5:00", "16:45"].map(atClock)).toEqual([
      "ve 12:30",
      "ve 2:00",
      "ve 20:15",
      "v 5:00",
      "v 16:45",
    ]);
    expect(["studentem", "ženou", "Annou", "bratrem"].map(czechWith)).toEqual([
      "se studentem",
      "se ženou",
      "s Annou",
      "s bratrem",
    ]);
  });
});

describe("icelandic", () => {
  it("icelandic.clause() has the subjunctive in what is said, not in what is known", () => {
    expect(say("is", bought, "reported")).toBe("ég hafi keypt bókina í gær");
    expect(say("is", bought, "subordinate")).toBe("ég keypti bókina í gær");
    expect(say("is", { ...bought, tense: "future", time: undefined }, "reported")).toBe(
      "ég muni kaupa bókina",
    );
    expect(say("is", { ...bought, tense: "progressive", time: undefined }, "reported")).toMatch(
      /^ég sé að kaupa bókina/,
    );
  });

  it("presentSubjunctive() is made from the infinitive", () => {
    const forms = (id: string) => word("verbs", id).forms.is[0];
    expect([0, 1, 2, 3, 4].map((who) => presentSubjunctive(forms("buy"), who))).toEqual([
      "kaupi",
      "kaupir",
      "kaupi",
      "kaupum",
      "kaupi",
    ]);
    expect(presentSubjunctive(forms("fetch"), 2)).toBe("sæki");
  });

  it("icelandic.thing() suffixes the article and tells weak from strong adjectives", () => {
    expect(accusative("is", thing("car", "definite", adjective("red")))).toBe("rauða bílinn");
    expect(accusative("is", thing("car", "indefinite", adjective("red")))).toBe("rauðan bíl");
    expect(accusative("is", thing("book", "definite", adjective("old")))).toBe("gömlu bókina");
    expect(accusative("is", thing("computer", "definite", adjective("broken")))).toBe(
      "biluðu tölvuna",
    );
    expect(accusative("is", thing("book", "number", { ...adjective("new"), ...numeral("three") })))
      .toBe("þrjár nýjar bækur");
    expect(accusative("is", thing("car", "owned", { owner: "her", reflexive: true }))).toBe(
      "bílinn sinn",
    );
  });

  it("icelandicCount() is singular after 21 but not after 11", () => {
    expect([1, 2, 11, 21, 31, 111, 121].map((n) => icelandicCount(n, "krónu", "krónur"))).toEqual([
      "krónu",
      "krónur",
      "krónur",
      "krónu",
      "krónu",
      "krónur",
      "krónu",
    ]);
  });
});

describe("chinese", () => {
  it("chinese.clause() marks what is done with 了, and not where it is denied", () => {
    expect(say("zh", bought)).toBe("我昨天买了那本书");
    expect(say("zh", { ...bought, negated: true })).toBe("我昨天没有买那本书");
    expect(say("zh", { ...bought, tense: "notYet", time: undefined })).toBe("我还没有买那本书");
    expect(say("zh", { ...bought, tense: "future", ...time("tomorrow") })).toBe("我明天会买那本书");
    expect(say("zh", clause(SHE, "read", "progressive", { object: book }))).toBe("她正在读那本书");
    expect(say("zh", { ...bought, question: "where" })).toBe("我昨天在哪里买那本书的");
  });

  it("chinese.clause() puts time, company and place before the verb", () => {
    const c = clause(SHE, "dance", "past", {
      ...time("yesterday"),
      companion: person("anna"),
      place: word("places", "park"),
    });
    expect(say("zh", c)).toBe("她昨天和安娜一起在公园里跳舞了");
  });

  it("chinese.thing() uses measure words", () => {
    expect(accusative("zh", thing("book", "number", { ...adjective("new"), ...numeral("two") })))
      .toBe("两本新书");
    expect(accusative("zh", thing("car", "indefinite", adjective("expensive")))).toBe(
      "一辆昂贵的汽车",
    );
    expect(accusative("zh", thing("dog", "this"))).toBe("这只狗");
  });

  it("chinese.state() shows the past by its time alone", () => {
    const s: State = {
      subject: thing("soup", "definite"),
      tense: "past",
      ...adjective("hot"),
      ...time("yesterday"),
    };
    expect(state("zh", { ...s, degree: word("degrees", "too") })).toBe("那碗汤昨天太热了");
  });
});

describe("russian", () => {
  it("russian.clause() agrees in the past and chooses aspect", () => {
    const c = clause(person("anna"), "repair", "past", { object: thing("car", "definite") });
    expect(say("ru", c)).toBe("Анна починила машину");
    expect(say("ru", { ...c, tense: "future" })).toBe("Анна починит машину");
    expect(say("ru", { ...c, tense: "progressive" })).toBe("Анна сейчас чинит машину");
    expect(say("ru", { ...c, tense: "must" })).toBe("Анна должна починить машину");
    const flies = clause(person("anna"), "fly", "habitual", {
      goal: word("cities", "prague"),
      frequency: word("frequencies", "often"),
    });
    expect(say("ru", flies)).toBe("Анна часто летает в Прагу");
  });

  it("russian.thing() has no article, tells what lives, and counts", () => {
    expect(accusative("ru", thing("book", "indefinite"))).toBe("книгу");
    expect(accusative("ru", thing("bear", "indefinite", adjective("big")))).toBe(
      "большого медведя",
    );
    expect(accusative("ru", thing("dog", "number", { ...adjective("big"), ...numeral("two") })))
      .toBe("двух больших собак");
    expect(accusative("ru", thing("cat", "bare", adjective("small")))).toBe("маленьких кошек");
    expect(accusative("ru", thing("lamp", "number", { ...adjective("new"), ...numeral("two") })))
      .toBe("две новые лампы");
    expect(accusative("ru", thing("desk", "number", numeral("three")))).toBe(
      "три письменных стола",
    );
    expect(accusative("ru", thing("washing_machine", "number", numeral("two")))).toBe(
      "две стиральные машины",
    );
    expect(accusative("ru", thing("table", "number", { ...adjective("new"), ...numeral("five") })))
      .toBe("пять новых столов");
  });

  it("russian.state() uses the long nominative", () => {
    const s: State = {
      subject: thing("book", "definite"),
      tense: "present",
      ...adjective("expensive"),
    };
    expect(state("ru", { ...s, degree: word("degrees", "very") })).toBe("книга очень дорогая");
    expect(state("ru", { ...s, than: thing("magazine", "definite") })).toBe(
      "книга дороже, чем журнал",
    );
    expect(
      state("ru", { subject: person("anna"), tense: "present", job: word("persons", "doctor") }),
    ).toBe("Анна — врач");
  });

  it("withPreposition() says со before clusters", () => {
    expect(
      ["студентом", "своим братом", "сестрой", "Анной", "стоматологом", "женщиной"].map(
        russianWith,
      ),
    ).toEqual([
      "со студентом",
      "со своим братом",
      "с сестрой",
      "с Анной",
      "со стоматологом",
      "с женщиной",
    ]);
  });

  it("russianCount() goes by the last digits, adjectiveGenitive() by the stem", () => {
    expect([1, 2, 5, 11, 12, 21, 22, 25, 111].map((n) => russianCount(n, "год", "года", "лет")))
      .toEqual([
        "год",
        "года",
        "лет",
        "лет",
        "лет",
        "год",
        "года",
        "лет",
        "лет",
      ]);
    expect([1, 3, 5, 22].map((n) => czechCount(n, "rok", "roky", "let"))).toEqual([
      "rok",
      "roky",
      "let",
      "let",
    ]);
    expect(["новый", "синий", "большой", "маленький", "хороший"].map(adjectiveGenitive)).toEqual([
      "нового",
      "синего",
      "большого",
      "маленького",
      "хорошего",
    ]);
  });
});
