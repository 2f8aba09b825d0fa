"""Texts that tokenizers treat differently from one another, and decoders too. Our own."""
SPACES = [
    "", " ", "  ", "   ", "a", " a", "  a", "a ", "a  ", " leading", "trailing ", "  two  and   three    spaces  ", " " * 15, " " * 16, " " * 17,
    " " * 19, " " * 40, "x" + " " * 23 + "y", "x" + " " * 37 + "y" + " " * 6, "\n", "\n\n", "a\nb", "a\n\nb", "a\r\nb\rc", "\ttab\tinside\t", "a \n b",
    "no\u00a0break", "\u00a0", "\u3000ideographic\u3000space\u3000", "thin\u2009hair\u200aem\u2003", "\u200bzero\u200bwidth", "line\u2028para\u2029next\u0085",
    "\u1680ogham\u202fnarrow\u205fmath", "a\u000bb\u000cc",
]
CONTROLS = [
    "\u0000", "a\u0000b", "\u0001\u0002\u0007\u0008", "\u001b[0m", "\u007f", "\u008f\u009f\u0080", "\ufeffmark", "inner\ufeffmark", "\ufffd", "a\ufffdb",
    "\ufffe\uffff", "\U0010ffff", "\u00ad soft\u00adhyphen", "\u202eright to left\u202c", "\ue000 private",
]
MARKS = [
    "\u2581", "\u2581\u2581", "\u2581word", "a\u2581b", "a \u2581b", " \u2581 ", "</s>", "<s>", "<unk>", "<pad>", "<mask>", "a</s>b", "a </s> b", "a  </s>  b",
    " </s>", "</s> ", "</s></s>", "<s>Hello", "<s> Hello", "Hello</s>", "Hello </s> world <unk> again<s>", "</S>", "< s >", "<s", "</s", "<<s>>", "<unk",
    "<0x41>", "<0x0A>", "\\n", "<mask> a", "a <mask> b", "a  <mask>", "<mask><mask>",
]
UNICODE = [
    "caf\u00e9 cafe\u0301", "\u212b \u00c5 A\u030a", "\u1e9b\u0323", "\ufb01ne \ufb03 \u00bd \u2167 \u2460 \u33a5", "\uff21\uff42\uff11\uff01\uff5e\uff5ea", "\uff76\uff9e\uff77",
    "\u1100\u1161\u11a8\uac01", "\u0e01\u0e33\u0e49", "\u0915\u094d\u0937\u093f", "e\u0301\u0323\u0301", "\u0301alone", "\u0344", "Stra\u00dfe \u1e9e", "\u01c4\u01c5",
    "\u2024\u2025\u2026", "\u3231\u32ff\u337f", "\u0149 \u017f", "\u2126\u00b5", "\u00b2\u00b3\u2076", "Ti\u1ebfng Vi\u1ec7t", "Ti\u0065\u0302\u0301ng", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\ufdfa", "\U0001d49c\U0001d7d8", "\U0002f800\uf900", "\u0f71\u0f72\u0f73", "\u00a8\u00b4\u00af", "a\u034fb", "\u2100\u2121",
]
EMOJI = [
    "\U0001f600", "\U0001f415\u200d\U0001f9ba", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f44d\U0001f3fd", "\U0001f1e8\U0001f1ff\U0001f1ee\U0001f1f8",
    "#\ufe0f\u20e3", "\u2764\ufe0f\u2764", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "ok \U0001fae0 end",
]
LANGUAGES = [
    "The dog sleeps.", "Das Kind singt im Garten!", "P\u0159\u00edli\u0161 \u017elu\u0165ou\u010dk\u00fd k\u016f\u0148", "K\u00e6mi n\u00fd \u00f6xi h\u00e9r, ykist \u00fej\u00f3fum n\u00fa b\u00e6\u00f0i v\u00edl og \u00e1drepa",
    "\u5b69\u5b50\u5728\u82b1\u56ed\u91cc\u7761\u89c9\u3002", "\u9f98\u9749\u9f49\u5f41\U00020000", "\u0420\u0435\u0431\u0451\u043d\u043e\u043a \u0441\u043f\u0438\u0442, 12\u00a0345,67 \u0440\u0443\u0431\u043b\u0435\u0439.",
    "Translate this from Czech to English:\nCzech: Pes sp\u00ed.\nEnglish:", "don't can't I'm", "3.14159 1,000,000 2026-01-02", "a" * 300, "ab" * 200, "Donaudampfschifffahrtsgesellschaftskapit\u00e4n" * 8,
    "\u5b57" * 150, "\u9f98" * 50, "word " * 120, "https://example.org/a?b=c&d=%20#e", "!!!???...---===", "x" * 17 + "\u00e9" * 33, "if (a) {\n    b();\n\t}\n",
]
TEXTS = SPACES + CONTROLS + MARKS + UNICODE + EMOJI + LANGUAGES
