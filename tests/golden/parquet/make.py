"""Writes the Parquet files of this folder with Hugging Face datasets. Run here: python make.py"""
import csv, hashlib, json, pathlib, shutil
import datasets, pyarrow, pyarrow.parquet as parquet
from datasets import Dataset, Features, Value

HERE = pathlib.Path(__file__).parent
SPLITS = HERE / "../../../data/tiny/splits"
OTHERS = ["cs", "de", "is", "ru", "zh"]
DIRECTIONS = [f"en-{x}" for x in OTHERS] + [f"{x}-en" for x in OTHERS]

def lines(name):
    with open(SPLITS / f"{name}.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

def write(rows, column, languages, path):
    """One column with a struct of strings, as datasets writes it."""
    features = Features({column: {code: Value("string") for code in languages}})
    table = Dataset.from_dict({column: [{c: r[c] for c in languages} for r in rows]}, features=features)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(str(path))

def identity(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]

for folder in ["wmt22", "human_parallel", "other"]:
    shutil.rmtree(HERE / folder, ignore_errors=True)
test, calibration, dev = lines("test"), lines("calibration"), lines("dev")
facts = {"versions": {"datasets": datasets.__version__, "pyarrow": pyarrow.__version__}, "wmt22": {}, "human_parallel": {}}
for i, direction in enumerate(DIRECTIONS):
    first, count = 12 * i, 5 + i
    name = f"test-00000-of-00001-{identity(direction)}.parquet"
    write(test[first:first + count], direction, sorted(direction.split("-")), HERE / "wmt22" / direction / name)
    facts["wmt22"][direction] = [first, count]
for i, other in enumerate(OTHERS):
    pair = f"{other}-en"
    for split, text, count in [("train", calibration, 40 + 3 * i), ("validation", dev, 6)]:
        if (other, split) == ("is", "validation"):
            continue
        first = 60 * i
        name = f"{split}-00000-of-00001-{identity(pair + split)}.parquet"
        write(text[first:first + count], "translation", [other, "en"], HERE / "human_parallel" / pair / name)
        facts["human_parallel"][f"{pair} {split}"] = [first, count]

rows = [{"de": r["de"], "en": r["en"]} for r in test[:40]]
text = pyarrow.string()
pair = pyarrow.struct([("de", text), ("en", text)])

def other(name, columns, **options):
    (HERE / "other").mkdir(exist_ok=True)
    parquet.write_table(pyarrow.table(columns), HERE / "other" / f"{name}.parquet", **options)

def column(values, type_=pair):
    return {"de-en": pyarrow.array(values, type_)}

other("pages_v2", column(rows), data_page_version="2.0", row_group_size=16, data_page_size=200, use_dictionary=False)
other("plain", column(rows), compression="none", use_dictionary=False, row_group_size=7)
other("zstd", column(rows[:3]), compression="zstd")
other("gzip", column(rows[:3]), compression="gzip")
other("flat", {"de": pyarrow.array(["Hallo."]), "en": pyarrow.array(["Hello."])})
other("two_columns", {**column(rows[:1]), "id": pyarrow.array([1])})
other("numbers", column([{"de": 1, "en": 2}], pyarrow.struct([("de", pyarrow.int32()), ("en", pyarrow.int32())])))
other("list", column([["Hallo.", "Hello."]], pyarrow.list_(text)))
other("bytes", column([{"de": b"\xff", "en": b"Hello."}], pyarrow.struct([("de", pyarrow.binary()), ("en", pyarrow.binary())])))
other("three", column([{"de": "Hallo.", "en": "Hello.", "cs": "Ahoj."}], pyarrow.struct([("de", text), ("en", text), ("cs", text)])))
other("null_row", column([rows[0], None]))
other("null_text", column([rows[0], {"de": "Hallo.", "en": None}]))
other("blank", column([rows[0], rows[1], {"de": " ", "en": "Hello."}]))
other("empty", column([]))
strange = [{"de": "\ufeffMit\tTab und\nUmbruch, \U0001f600", "en": "  With\ttab and\nbreak, \U0001f600 \u2028"}] * 2
other("strange", column(strange))
with open(HERE / "facts.json", "w") as file:
    json.dump(facts, file, indent=1)
    file.write("\n")
order = Dataset.from_dict({"i": list(range(12076))}).shuffle(seed=0)["i"]
import numpy
assert list(order) == numpy.random.default_rng(0).permutation(12076).tolist()
