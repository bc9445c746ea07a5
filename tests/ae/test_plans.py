"""Plans: within their bounds, the same again from the command line, and from a file's header."""

from __future__ import annotations

import contextlib
import json
import math
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ae import plans
from ae.cli.parser import build_parser, plan_of
from ae.families import FAMILIES, Family, Recipe
from ae.metadata import OWN_RECIPE, Data, Errors, Metadata, Net
from ae.plans import OWN, PLAIN, PRESETS, Plan

BASE = plans.preset("ours", "shallow")

every_preset = pytest.mark.parametrize(
    ("name", "like"), [(name, like) for name in PRESETS for like in PLAIN]
)


def again(plan: Plan) -> Plan:
    """Through the command line and back."""
    return plan_of(build_parser().parse_args(["train", *plan.arguments]))


def header_of(plan: Plan) -> dict[str, Any]:
    """What a file says of a plan's net, through JSON and back."""
    metadata = Metadata(
        family=OWN,
        parameters=plan.family.parameters,
        net=Net.of(plan.family, OWN_RECIPE, plan.recipe, plan.seed),
        data=Data(name="MNIST", sha256="", digits=plan.digits),
        versions={},
        test=Errors(bce=0.1, mse=0.01, psnr=20.0, zeros=0.0, dead=0),
    )
    return dict(json.loads(json.dumps(metadata.to_header())))


def family_of(header: dict[str, Any]) -> Family:
    return plans.family_of(Metadata.parse(header))


# Presets


@every_preset
def test_every_preset_suits_every_plain_family(name: str, like: str) -> None:
    plan, family = plans.preset(name, like), FAMILIES[like]
    assert plan.family.encoder == family.encoder and plan.family.decoder == family.decoder
    assert plan.family.activations == family.activations
    assert plan.family.parameters == family.parameters
    assert plan.family.name == OWN and plan.family.recipes["best"] == plan.recipe
    assert plan.recipe.loss == family.recipes["best"].loss
    assert (plan.digits, plan.seed) == (60_000, 0)
    assert PRESETS[name].title and PRESETS[name].idea


@every_preset
def test_a_plan_is_recognised_as_its_preset_until_it_trains_otherwise(name: str, like: str) -> None:
    plan = plans.preset(name, like)
    assert plans.preset_of(plan) == name
    assert plans.preset_of(replace(plan, hidden=(16,), code_size=2)) == name
    for other in (
        replace(plan, seed=1),
        replace(plan, digits=500),
        replace(plan, recipe=replace(plan.recipe, epochs=299)),
    ):
        assert plans.preset_of(other) is None


def test_the_presets_are_what_their_titles_say() -> None:
    shallow = FAMILIES["shallow"].recipes
    assert plans.preset("ours", "shallow").recipe == shallow["best"]
    assert plans.preset("tutorial", "shallow").recipe == shallow["tutorial"]
    assert plans.preset("default_rate", "shallow").recipe == replace(
        shallow["tutorial"], learning_rate=0.001
    )
    assert plans.preset("seconds", "shallow").recipe.epochs == 2
    assert plans.preset("tutorial", "sparse").recipe.l1 == pytest.approx(1e-4)


@pytest.mark.parametrize("hidden", [(), (100,), (512, 2, 512)])
def test_the_decoder_is_the_encoder_backwards(hidden: tuple[int, ...]) -> None:
    family = replace(BASE, hidden=hidden, code_size=5).family
    assert family.encoder == (784, *hidden, 5)
    assert family.decoder == (5, *hidden[::-1], 784)


# Bounds

# Field, what the message calls it, and its bounds as the message writes them.
FIELDS = [
    ("code_size", "code size", "2 to 128", [1, 129]),
    ("digits", "digits", "500 to 60,000", [499, 60_001, 0]),
    ("seed", "seed", "0 to 4,294,967,295", [-1, 2**32]),
]
OF_RECIPE = [
    ("learning_rate", "learning rate", "1e-06 to 100.0", [0.0, 9e-7, 100.1, -1.0]),
    ("epochs", "epochs", "1 to 300", [0, 301]),
    ("batch_size", "batch size", "16 to 2,048", [15, 2049]),
    ("l1", "l1", "0.0 to 1.0", [-1e-9, 1.01]),
    ("code_bias", "code bias", "-100.0 to 100.0", [-100.5, 100.5]),
    ("max_row_norm", "max row norm", "0.001 to 1,000.0", [0.0, 1001.0]),
]
NONE_AT_ALL: list[Any] = [math.nan, math.inf, -math.inf, True, False, "8", 10**400, [8]]


def cases(table: list[Any]) -> list[Any]:
    return [
        pytest.param(field, words, bounds, value, id=f"{field}-{str(value)[:8]}")
        for field, words, bounds, values in table
        for value in values + NONE_AT_ALL
    ]


def refusal(base: Plan = BASE, **fields: Any) -> str:
    with pytest.raises(ValueError) as caught:
        replace(base, **fields)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("field", "words", "bounds", "value"), cases(FIELDS))
def test_outside_its_bounds(field: str, words: str, bounds: str, value: Any) -> None:
    assert refusal(**{field: value}) == f"{words}: got {value!r}, expected {bounds}"


@pytest.mark.parametrize(("field", "words", "bounds", "value"), cases(OF_RECIPE))
def test_outside_its_bounds_in_the_recipe(field: str, words: str, bounds: str, value: Any) -> None:
    recipe = replace(BASE.recipe, **{field: value})
    assert refusal(recipe=recipe) == f"{words}: got {value!r}, expected {bounds}"


@pytest.mark.parametrize("value", [1, 513, *NONE_AT_ALL], ids=lambda value: str(value)[:8])
def test_a_layer_outside_its_bounds(value: Any) -> None:
    assert refusal(hidden=(64, value)) == f"width of a layer: got {value!r}, expected 2 to 512"


def test_too_many_layers() -> None:
    assert replace(BASE, hidden=(9, 9, 9)).family.encoder == (784, 9, 9, 9, 32)
    assert refusal(hidden=(9, 9, 9, 9)) == "layers of the encoder: got 5, expected 1 to 4"


@pytest.mark.parametrize("field", ["loss", "optimizer", "schedule", "initializer"])
@pytest.mark.parametrize("value", ["", "Adam", "zeros", None, 3, ["adam"]], ids=str)
def test_a_word_that_is_none_of_the_known(field: str, value: Any) -> None:
    sentence = refusal(recipe=replace(BASE.recipe, **{field: value}))
    known = getattr(plans, {"loss": "LOSSES"}.get(field, f"{field.upper()}S"))
    assert sentence == f"{field}: got {value!r}, expected one of {', '.join(known)}"


@pytest.mark.parametrize("value", ["", "pca", OWN, None, 3, "denoising", "vae", "vae2"])
def test_like_no_plain_family(value: Any) -> None:
    sentence = refusal(like=value)
    assert sentence == f"like: got {value!r}, expected one of shallow, sparse, deep, linear"


def test_plain_is_what_copies_what_it_is_shown() -> None:
    assert PLAIN == ("shallow", "sparse", "deep", "linear")
    others = {name: (f.variational, f.plain) for name, f in FAMILIES.items() if name not in PLAIN}
    variational = {"vae", "vae2"}
    assert others == {
        name: (name in variational, False) for name in ("topk", "wide", "denoising", *variational)
    }
    assert all(FAMILIES[name].plain and not FAMILIES[name].variational for name in PLAIN)


@pytest.mark.parametrize("sees", ["corrupted", "coins", "shifted", True, None, "", {}], ids=str)
def test_a_plan_learns_from_digits_as_they_are(sees: Any) -> None:
    sentence = refusal(recipe=replace(BASE.recipe, sees=sees))
    assert sentence == "sees: a plan's net learns from the digits as they are"
    assert BASE.recipe.sees == "digits" and "sees" not in " ".join(BASE.arguments)


def test_the_negative_elbo_is_no_loss_of_a_plan() -> None:
    sentence = refusal(recipe=replace(BASE.recipe, loss="negative_elbo"))
    assert sentence.startswith("loss: got 'negative_elbo', expected one of binary_crossentropy, ")


def test_the_bounds_themselves_are_inside() -> None:
    for end in (0, 1):
        recipe = {name: bounds[end] for name, bounds in plans.RECIPE.items()}
        plan = replace(
            BASE,
            hidden=(int(plans.WIDTH[end]),) * 3,
            code_size=int(plans.CODE[end]),
            digits=int(plans.DIGITS[end]),
            seed=int(plans.SEED[end]),
            recipe=replace(BASE.recipe, max_row_norm=plans.ROW_NORM[end], **recipe),
        )
        assert again(plan) == plan


# The command line


def custom() -> st.SearchStrategy[Plan]:
    # A small negative bias ("-1e-05") is an option to argparse before Python 3.14.
    bias = st.floats(0, 100) | st.floats(-100, -0.001).map(lambda value: round(value, 3))
    recipe = st.builds(
        Recipe,
        loss=st.sampled_from(plans.LOSSES),
        optimizer=st.sampled_from(plans.OPTIMIZERS),
        learning_rate=st.floats(*plans.RECIPE["learning_rate"]),
        schedule=st.sampled_from(plans.SCHEDULES),
        initializer=st.sampled_from(plans.INITIALIZERS),
        code_bias=bias,
        epochs=st.integers(1, 300),
        batch_size=st.integers(16, 2048),
        l1=st.floats(0, 1),
        max_row_norm=st.none() | st.floats(*plans.ROW_NORM),
    )
    return st.builds(
        Plan,
        like=st.sampled_from(PLAIN),
        hidden=st.lists(st.integers(2, 512), max_size=3).map(tuple),
        code_size=st.integers(2, 128),
        recipe=recipe,
        digits=st.integers(500, 60_000),
        seed=st.integers(0, 2**32 - 1),
    )


@every_preset
def test_a_preset_s_arguments_make_it_again(name: str, like: str) -> None:
    plan = plans.preset(name, like)
    assert again(plan) == plan
    arguments = build_parser().parse_args(["train", OWN, "--like", like, "--preset", name])
    assert plan_of(arguments) == plan


def test_no_bound_is_said_by_none_and_by_nothing_else() -> None:
    sparse = plans.preset("ours", "sparse")
    assert sparse.recipe.max_row_norm == 5.0

    def bound(*words: str) -> float | None:
        arguments = build_parser().parse_args(["train", OWN, "--like", "sparse", *words])
        return plan_of(arguments).recipe.max_row_norm

    assert bound() == 5.0
    assert bound("--max-row-norm", "none") is None
    assert bound("--max-row-norm", "3") == 3.0
    for word in ("inf", "nan", "-inf", "1e999", "None", "0"):
        with pytest.raises(ValueError):
            bound(f"--max-row-norm={word}")


def test_only_differences_are_arguments() -> None:
    assert BASE.arguments == [OWN, "--like", "shallow"]
    deep = plans.preset("ours", "deep")
    assert replace(deep, hidden=()).arguments[3:] == ["--layers", "none"]
    sparse = plans.preset("ours", "sparse")
    bare = replace(sparse, recipe=replace(sparse.recipe, max_row_norm=None))
    assert again(bare) == bare and "none" in " ".join(bare.arguments)


@settings(max_examples=40)
@given(custom())
def test_any_plan_s_arguments_make_it_again(plan: Plan) -> None:
    assert again(plan) == plan


@settings(max_examples=40)
@given(custom())
def test_any_plan_s_header_makes_its_family_again(plan: Plan) -> None:
    assert family_of(header_of(plan)) == plan.family


# Headers that come from anybody


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("family", "shallow"),
        ("family", None),
        ("encoder", []),
        ("encoder", [784]),
        ("encoder", [32]),
        ("encoder", [783, 32]),
        ("encoder", [784, 32.0]),
        ("encoder", [784, True]),
        ("encoder", [784, "32"]),
        ("encoder", [784, 10**9, 32]),
        ("encoder", [784, 9, 9, 9, 9, 32]),
        ("encoder", "784"),
        ("encoder", 784),
        ("encoder", {"784": 32}),
        ("activations", []),
        ("activations", [["relu"]]),
        ("activations", [[], []]),
        ("activations", [["relu"], ["linear"]]),
        ("activations", [["relu", "relu"], ["sigmoid"]]),
        ("activations", [["relu"], ["sigmoid"], []]),
        ("activations", ["relu", "sigmoid"]),
        ("activations", {"relu": 1, "sigmoid": 2}),
        ("activations", None),
        ("recipe", None),
        ("recipe", {}),
        ("recipe", []),
        ("recipe", "best"),
        ("recipe", [["epochs", 3]]),
    ],
    ids=str,
)
def test_broken_headers(key: str, value: Any) -> None:
    header = header_of(BASE)
    assert family_of(header) == BASE.family
    with pytest.raises(ValueError):
        family_of(header | {key: value})
    del header[key]
    with pytest.raises(ValueError, match=f"does not say what its {key} is"):
        family_of(header)


@pytest.mark.parametrize("field", [*asdict(BASE.recipe)])
def test_a_recipe_in_the_header_is_checked(field: str) -> None:
    header = header_of(BASE)
    for wrong in ({}, [], "x", math.nan, 1e9):
        with pytest.raises(ValueError):
            family_of(header | {"recipe": header["recipe"] | {field: wrong}})
    del header["recipe"][field]
    if field in ("k", "split", "sees"):  # files from before these settings do not have them
        assert family_of(header) == BASE.family
        return
    with pytest.raises(ValueError, match="does not say"):
        family_of(header)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["relu", "sigmoid", "linear", OWN, 784, 32, 10**400]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(anything, st.sampled_from(["family", "encoder", "activations", "recipe", "decoder"]))
def test_whatever_the_header_says_it_is_a_value_error(value: Any, key: str) -> None:
    for header in ({"family": OWN, key: value}, header_of(BASE) | {key: value}):
        with contextlib.suppress(ValueError):
            assert family_of(header).name == OWN
    header = header_of(BASE)
    for field in header["recipe"]:
        with contextlib.suppress(ValueError):
            family_of(header | {"recipe": header["recipe"] | {field: value}})
