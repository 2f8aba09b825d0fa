"""Makes the Parquet files of haoranxu/WMT22-Test and haoranxu/ALMA-Human-Parallel again from their text, byte for byte, and compares their
SHA-256 with data/pins.json. Needs pyarrow 14.0.2, which the files name as their writer, and datasets 2.14.6.

Run: python remake.py TEXTS OUT
TEXTS holds wmt22/<direction>/{source,reference}.txt and alma-human-parallel/<pair>[.valid].jsonl; OUT gets a folder for each dataset."""
import hashlib, io, json, pathlib, sys
from datasets import Dataset, Features, Value

HERE = pathlib.Path(__file__).parent
TEXTS, OUT = map(pathlib.Path, sys.argv[1:])

def lines(path):
    with open(path, newline="", encoding="utf-8") as file:
        return file.read().removesuffix("\n").split("\n")

def wmt22(pair, _):
    source, target = pair.split("-")
    texts = [lines(TEXTS / "wmt22" / pair / f"{side}.txt") for side in ("source", "reference")]
    return pair, sorted([source, target]), [{source: s, target: t} for s, t in zip(*texts)]

def human_parallel(pair, split):
    train = split == "train"
    rows = map(json.loads, lines(TEXTS / "alma-human-parallel" / f"{pair}{'' if train else '.valid'}.jsonl"))
    # The text of zh-en has a space at the end of 8 rows that the dataset lacks.
    rows = [{code: text.rstrip(" ") for code, text in row.items()} for row in rows]
    languages = pair.split("-") if train else sorted(pair.split("-"))
    return "translation", languages, rows

READERS = {"wmt22-test": wmt22, "alma-human-parallel": human_parallel}
for pin in json.loads((HERE / "../../../data/pins.json").read_text())["pins"]:
    for file in pin["files"] if pin["short"] in READERS else []:
        pair, name = file["path"].split("/")
        column, languages, rows = READERS[pin["short"]](pair, name.split("-")[0])
        features = Features({column: {code: Value("string") for code in languages}})
        buffer = io.BytesIO()
        Dataset.from_list([{column: {c: r[c] for c in languages}} for r in rows], features=features).to_parquet(buffer)
        path = OUT / pin["short"] / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffer.getvalue())
        sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
        known = file.get("sha256")
        verdict = "not pinned" if known is None else "as pinned" if known == sha256 else f"pinned is {known}"
        print(pin["short"], file["path"], len(buffer.getvalue()), sha256, verdict)
