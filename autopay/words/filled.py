"""Sentences of the tables of words, translated and filled in."""


def fill_in(env, sentence, **values):
    """Return a sentence in the language of the environment, with its values.

    :param sentence: a lazy translation with placeholders, ``%(name)s``
    """
    text = env._(sentence)
    return text % values
