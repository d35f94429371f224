"""What scripts made of scenarios share: the options they take, and one scenario after the other in one world."""

import argparse
import random

from .api import ApiError
from .kills import PointFailed


def parser_of(doc):
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--seed", type=int)
    return parser


def seeded(options):
    """The seed that was asked for, or one of chance; said, so that it can be asked for."""
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", flush=True)
    return seed


def play(scenarios, *given):
    """Runs each with `given` and says what it told. How many failed."""
    failed = 0
    for scenario in scenarios:
        try:
            print(f"  {scenario.__name__}: {scenario(*given)}", flush=True)
        except (PointFailed, TimeoutError, RuntimeError, AssertionError, OSError, ApiError) as e:
            failed += 1
            print(f"  {scenario.__name__}: FAILED {str(e)[:800]}", flush=True)
    return failed
