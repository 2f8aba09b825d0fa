"""Translation and scoring with transformers and sacreBLEU, shared by training, evaluation and the sensitivity report."""

import math

import sacrebleu
import torch
import torch.nn.functional as F
from transformers import AutoTokenizer, LlamaForCausalLM

from corpus import DIRECTIONS, prompt


class Translator:
    """A LlamaForCausalLM with its tokenizer, on the CPU in float32."""

    def __init__(self, model: LlamaForCausalLM, tokenizer, max_new_tokens: int, batch_size: int):
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.max_new_tokens = max_new_tokens
        self.batch_size = batch_size

    @staticmethod
    def load(folder: str, decoding: dict) -> "Translator":
        model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        return Translator(model, tokenizer, decoding["maxNewTokens"], decoding["batchSize"])

    @torch.inference_mode()
    def translate(self, prompts: list[str], beams: int) -> list[str]:
        """Translations in the order of the prompts; batches are made of prompts of similar length."""
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
        results = [""] * len(prompts)
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            inputs = self.tokenizer(
                [prompts[i] for i in chosen], return_tensors="pt", padding=True, return_token_type_ids=False
            )
            outputs = self.model.generate(
                **inputs, num_beams=beams, do_sample=False, max_new_tokens=self.max_new_tokens
            )
            texts = self.tokenizer.batch_decode(
                outputs[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
            )
            for index, text in zip(chosen, texts):
                results[index] = text.strip()
        return results

    @torch.inference_mode()
    def negative_log_likelihoods(self, pairs: list[tuple[str, str]]) -> list[tuple[float, int]]:
        """For each (prompt, reference) the summed -ln p of the reference's tokens and `</s>`, and their number."""
        encoded = []
        for text, reference in pairs:
            before = self.tokenizer(text).input_ids
            after = self.tokenizer(" " + reference, add_special_tokens=False).input_ids
            encoded.append((before + after + [self.tokenizer.eos_token_id], len(before)))
        order = sorted(range(len(encoded)), key=lambda index: len(encoded[index][0]))
        results = [(0.0, 0)] * len(encoded)
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            length = max(len(encoded[i][0]) for i in chosen)
            # Padded at the right, where the causal mask hides it.
            tokens = torch.tensor([encoded[i][0] + [0] * (length - len(encoded[i][0])) for i in chosen])
            logits = self.model(input_ids=tokens).logits
            losses = F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="none")
            for row, index in enumerate(chosen):
                ids, begin = encoded[index]
                losses_of_row = losses[row, begin - 1 : len(ids) - 1]
                results[index] = (losses_of_row.double().sum().item(), len(losses_of_row))
        return results


def direction_items(meanings: list[dict[str, str]]) -> list[tuple[str, list[str], list[str]]]:
    """For each direction its name, prompts and references."""
    return [
        (
            f"{source}-{target}",
            [prompt(source, target, meaning[source]) for meaning in meanings],
            [meaning[target] for meaning in meanings],
        )
        for source, target in DIRECTIONS
    ]


def bleu_metric(direction: str) -> sacrebleu.BLEU:
    """sacreBLEU's default (13a), or its Chinese tokenizer where Chinese is the target."""
    return sacrebleu.BLEU(tokenize="zh" if direction.endswith("-zh") else "13a")


def translate_all(translator: Translator, meanings: list[dict[str, str]], beams: int) -> dict[str, list[str]]:
    """Hypotheses of all ten directions, decoded together."""
    items = direction_items(meanings)
    outputs = translator.translate([text for _, prompts, _ in items for text in prompts], beams)
    size = len(meanings)
    return {direction: outputs[i * size : (i + 1) * size] for i, (direction, _, _) in enumerate(items)}


def bleu_by_direction(hypotheses: dict[str, list[str]], meanings: list[dict[str, str]]) -> dict[str, float]:
    """Corpus BLEU of each direction."""
    return {
        direction: bleu_metric(direction).corpus_score(hypotheses[direction], [references]).score
        for direction, _, references in direction_items(meanings)
    }


def perplexity(translator: Translator, meanings: list[dict[str, str]]) -> float:
    """Perplexity per token of all references of all directions together."""
    pairs = [pair for _, prompts, references in direction_items(meanings) for pair in zip(prompts, references)]
    results = translator.negative_log_likelihoods(pairs)
    return math.exp(sum(total for total, _ in results) / sum(count for _, count in results))


def means(scores: dict[str, float]) -> dict[str, float]:
    """The study's two averages, English to others and others to English, and the mean of all."""
    out = [score for direction, score in scores.items() if direction.startswith("en-")]
    into = [score for direction, score in scores.items() if direction.endswith("-en")]
    return {"en-x": sum(out) / len(out), "x-en": sum(into) / len(into), "all": sum(out + into) / len(out + into)}
