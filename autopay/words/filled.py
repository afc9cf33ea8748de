"""Sentences of the tables of words, translated and filled in."""

from collections import Counter


def fill_in(env, sentence, **values):
    """Return a sentence in the language of the environment, with its values.

    :param sentence: a lazy translation with placeholders, ``%(name)s``
    """
    text = env._(sentence)
    return text % values


def label_codes(env, codes, sentences):
    """Return {code: sentence} for the codes that have one, each a different text.

    Grouped lists take two groups of the same name for one, so codes that share a
    sentence stand behind it.

    :param codes: of a provider; unknown and empty ones are left out
    :param dict sentences: {code: lazy translation}
    """
    words = {code: env._(sentences[code]) for code in codes if code in sentences}
    counts = Counter(words.values())
    return {
        code: text if counts[text] == 1 else f"{text} ({code})"
        for code, text in words.items()
    }
