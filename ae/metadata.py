"""What a weights file says of itself: which net, how it was made, from what, and how good it is.

On disk it is a JSON object, the header (``ae.checked``). It may come from anybody: `Metadata.parse`
takes nothing on trust but the figures themselves, and of those only what can be. What it makes is
small whatever the header says: only known fields, short words, short lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, Self, TypeVar, cast, final, get_args

from ae.families import Activation, Family, Recipe

OWN_RECIPE = "own"
"""The name of the recipe of every model of somebody's own."""

MAX_BCE = 16.2
"""Above what any reconstruction costs, in nats per pixel: -log(``ae.evaluation.EPSILON``)."""

# Above what anything that ships or can be trained says: 7 layers, a SHA-256 of 64 letters, four
# packages, a seed of 32 bits.
_MAX_LIST, _MAX_WORD, _MAX_NUMBER = 32, 200, 1e18
_FIGURES = {
    "bce": (0.0, MAX_BCE),
    "mse": (0.0, 1.0),
    "psnr": (0.0, 100.0),  # ``ae.evaluation.psnr`` goes no higher
    "zeros": (0.0, 1.0),
    "dead": (0.0, 784.0),
}

Activations = tuple[tuple[Activation, ...], tuple[Activation, ...]]
"""Of each layer of the encoder, and of each layer of the decoder."""

T = TypeVar("T")


@final
@dataclass(frozen=True)
class Errors:
    """Averages over digits.

    Attributes
    ----------
    bce : nats per pixel. mse : per pixel. psnr : dB, averaged over the digits.
    zeros : share of exact zeros in the average code, 0 to 1.
    dead : number of units that are zero for every digit.
    """

    bce: float
    mse: float
    psnr: float
    zeros: float
    dead: int

    def as_dict(self) -> dict[str, Any]:
        """As plain numbers, for a weights file's header or JSON."""
        return asdict(self)


@final
@dataclass(frozen=True, kw_only=True)
class Data:
    """What a model learnt from.

    Attributes
    ----------
    name : "MNIST" or "samples". sha256 : of the file; empty where there was none.
    digits : how many of the training digits.
    """

    name: str
    sha256: str
    digits: int


@final
@dataclass(frozen=True, kw_only=True)
class Net:
    """Which net it is, and how it was trained.

    Attributes
    ----------
    encoder, decoder : widths of the layers, input first.
    activations : of the encoder's layers, and of the decoder's.
    recipe_name : "best" or "tutorial"; "own" of a model of somebody's own.
    recipe : the settings, with the epochs that were asked for.
    seed : of the weights' start and of the batches' order.
    """

    encoder: tuple[int, ...]
    decoder: tuple[int, ...]
    activations: Activations
    recipe_name: str
    recipe: Recipe
    seed: int

    @classmethod
    def of(cls, family: Family, recipe_name: str, recipe: Recipe, seed: int) -> Self:
        """Say it of a family's net that is trained by a recipe."""
        return cls(
            encoder=family.encoder,
            decoder=family.decoder,
            activations=family.activations,
            recipe_name=recipe_name,
            recipe=recipe,
            seed=seed,
        )


@final
@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What one weights file says of itself.

    Attributes
    ----------
    family : as in the family table; "pca", or "mine" of a model of somebody's own.
    parameters : weights and biases together.
    net : None of PCA, which is fitted in one step.
    data : what it learnt from.
    versions : package -> version, of what did the arithmetic.
    test : errors over digits that it did not learn from.
    tested : over how many, of a model of somebody's own; those that ship have MNIST's 10,000.
    epochs : passed when the file was written, of a model of somebody's own: a fraction within one.
    """

    family: str
    parameters: int
    net: Net | None = None
    data: Data
    versions: Mapping[str, str]
    test: Errors
    tested: int | None = None
    epochs: float | None = None

    @classmethod
    def parse(cls, header: Mapping[str, Any]) -> Self:
        """Read a header.

        Raises
        ------
        ValueError
            Something is missing, of another kind or unknown; the message goes on after the file's
            name.
        """
        _known(header, _HEADER)
        test, tested = _parse(header, "test", _test, "was measured of it")
        net = None
        if header.keys() & {"encoder", "decoder", "activations", "recipe"}:
            net = Net(
                encoder=_parse(header, "encoder", _widths),
                decoder=_parse(header, "decoder", _widths),
                activations=_parse(header, "activations", _activations),
                recipe_name=_parse(header, "recipe", lambda part: _word(part["name"])),
                recipe=_parse(header, "recipe", _recipe),
                seed=_parse(header, "seed", _whole),
            )
        return cls(
            family=_parse(header, "family", _word),
            parameters=_parse(header, "parameters", _whole),
            net=net,
            data=_parse(header, "data", _data, "it was trained on"),
            versions=_parse(header, "versions", _versions),
            test=test,
            tested=tested,
            epochs=_parse(header, "epochs", _figure) if "epochs" in header else None,
        )

    def to_header(self) -> dict[str, Any]:
        """Write it as plain values, of which ``parse`` makes the same again."""
        header: dict[str, Any] = {"family": self.family}
        if (net := self.net) is not None:
            header |= {
                "encoder": net.encoder,
                "decoder": net.decoder,
                "activations": net.activations,
            }
        header["parameters"] = self.parameters
        if net is not None:
            header |= {"recipe": {"name": net.recipe_name, **asdict(net.recipe)}, "seed": net.seed}
        header |= {"data": asdict(self.data), "versions": dict(self.versions)}
        if self.epochs is not None:
            header["epochs"] = self.epochs
        digits = {} if self.tested is None else {"digits": self.tested}
        return header | {"test": self.test.as_dict() | digits}


# A part of a header -> a part of the metadata; whatever they stumble over, `_parse` says what of.


def _parse(header: Mapping[str, Any], key: str, read: Callable[[Any], T], words: str = "") -> T:
    try:
        return read(header[key])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        raise ValueError(f"does not say what {words or f'its {key} is'}") from fault


def _known(part: Mapping[str, Any], fields: Iterable[str]) -> None:
    if not part.keys() <= set(fields):
        raise ValueError("says more of itself than is known here")


def _word(part: Any) -> str:
    if not isinstance(part, str) or len(part) > _MAX_WORD:
        raise TypeError
    return part


def _whole(part: Any) -> int:
    if type(part) is not int or not abs(part) <= _MAX_NUMBER:
        raise TypeError
    return part


def _figure(part: Any) -> float:
    # Python's JSON has whole numbers of any length, and NaN and Infinity too.
    if type(part) not in (int, float) or not abs(part) <= _MAX_NUMBER:
        raise TypeError
    return cast(float, part)


def _list(part: Any) -> Sequence[Any]:
    if not isinstance(part, (list, tuple)) or len(part) > _MAX_LIST:
        raise TypeError
    return part


def _widths(part: Any) -> tuple[int, ...]:
    return tuple(map(_whole, _list(part)))


def _activations(part: Any) -> Activations:
    encoder, decoder = map(_layers, _list(part))
    return encoder, decoder


def _layers(part: Any) -> tuple[Activation, ...]:
    if not all(name in get_args(Activation) for name in _list(part)):
        raise ValueError
    return tuple(part)


def _recipe(part: Mapping[str, Any]) -> Recipe:
    # Files that ship are older than these settings, models of somebody's own than all but "loss".
    later = {"k", "split", "sees"} | ({"loss"} if part["name"] != OWN_RECIPE else set())
    settings = {f.name: f.default for f in fields(Recipe) if f.name in later}
    settings |= {f.name: part[f.name] for f in fields(Recipe) if f.name in part}
    if "noise" in part:  # what was there in the place of `sees`
        settings["sees"] = "corrupted" if part["noise"] is True else "digits"
        part = {name: value for name, value in part.items() if name != "noise"}
    if settings.keys() != {f.name for f in fields(Recipe)}:
        raise KeyError
    _known(part, ("name", *settings))
    for value in settings.values():
        if isinstance(value, str):
            _word(value)
        elif value is not None and not isinstance(value, bool):
            _figure(value)
    return Recipe(**cast(dict[str, Any], settings))


def _data(part: Mapping[str, Any]) -> Data:
    _known(part, (f.name for f in fields(Data)))
    return Data(
        name=_word(part["name"]), sha256=_word(part["sha256"]), digits=_whole(part["digits"])
    )


def _versions(part: Mapping[str, Any]) -> Mapping[str, str]:
    if len(part) > _MAX_LIST:
        raise ValueError
    return MappingProxyType({_word(name): _word(number) for name, number in part.items()})


def _test(part: Mapping[str, Any]) -> tuple[Errors, int | None]:
    _known(part, (*_FIGURES, "digits"))
    figures: dict[str, Any] = {f.name: _figure(part[f.name]) for f in fields(Errors)}
    for name, (least, most) in _FIGURES.items():
        if not least <= figures[name] <= most:
            raise ValueError
    return Errors(**figures), _whole(part["digits"]) if "digits" in part else None


_HEADER = frozenset(
    (
        *("family", "encoder", "decoder", "activations", "parameters", "recipe", "seed"),
        *("data", "versions", "epochs", "test"),
    )
)
