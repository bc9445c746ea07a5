"""Where MNIST is looked for, and what is said when it cannot be had. No test touches a network."""

from __future__ import annotations

import hashlib
import io
import pickle
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import numpy as np
import pytest

from ae import mnist
from ae.mnist import DataError, Mnist

Arrays = dict[str, Any]  # name -> array, as np.savez wants it


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> NoReturn:
        pytest.fail("a test of the data set reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any data, and no variable that names some."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("AE_MNIST", raising=False)
    monkeypatch.delenv("KERAS_HOME", raising=False)
    return tmp_path


@pytest.fixture
def retrieve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., object]], None]:
    """Put something in the place of the download."""
    import pooch

    def patch(instead: Callable[..., object]) -> None:
        monkeypatch.setattr(pooch, "retrieve", instead)

    return patch


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    """MNIST's shapes, nearly all zeros."""
    arrays = {
        "x_train": np.zeros((60_000, 28, 28), np.uint8),
        "y_train": np.zeros(60_000, np.uint8),
        "x_test": np.zeros((10_000, 28, 28), np.uint8),
        "y_test": np.zeros(10_000, np.uint8),
    }
    arrays["x_train"][5, 6, 7] = 255
    arrays["x_test"][1, 2, 3] = 51
    arrays["y_train"][5], arrays["y_test"][1] = 9, 4
    return arrays


@pytest.fixture(scope="module")
def good(arrays: Arrays, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "good.npz"
    np.savez_compressed(path, **arrays)
    return path


def test_the_first_test_digits_where_they_are(
    good: Path, arrays: Arrays, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mnist.first_test_digits() is None
    cache = home / ".keras" / "datasets"
    cache.mkdir(parents=True)
    (cache / "mnist.npz").write_bytes(good.read_bytes())
    digits = mnist.first_test_digits()
    assert digits is not None and (digits.shape, digits.dtype.name) == ((10, 28, 28), "float32")
    np.testing.assert_array_equal(digits, arrays["x_test"][:10] / np.float32(255))
    monkeypatch.setenv("AE_MNIST", str(good))
    (cache / "mnist.npz").unlink()
    assert mnist.first_test_digits(3) is not None


def test_a_named_file_needs_no_home(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> NoReturn:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert mnist.first_test_digits() is None
    monkeypatch.setenv("AE_MNIST", str(good))
    assert mnist.first_test_digits() is not None and mnist.find() == good


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK" + bytes(50)])
def test_a_broken_file_has_no_first_digits(
    content: bytes, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "broken.npz").write_bytes(content)
    monkeypatch.setenv("AE_MNIST", str(home / "broken.npz"))
    assert mnist.first_test_digits() is None


def complaint(path: Path) -> str:
    """Give the sentence with which a file is refused."""
    with pytest.raises(DataError) as caught:
        mnist.load(path)
    sentence = str(caught.value)
    assert str(path) in sentence and "--data" in sentence and "AE_MNIST" in sentence
    assert "\n" not in sentence and ". " not in sentence
    return sentence


# Where it is looked for


def test_order_of_the_places(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, retrieve: Callable[..., None]
) -> None:
    def download(url: str, known_hash: str, fname: str, path: Path, downloader: object) -> None:
        assert (path / fname, len(known_hash)) == (in_home, 64)
        in_home.parent.mkdir(parents=True, exist_ok=True)
        in_home.write_bytes(b"downloaded")

    in_home = home / ".keras" / "datasets" / "mnist.npz"
    in_keras_home = tmp_path / "elsewhere" / "datasets" / "mnist.npz"
    retrieve(download)
    assert mnist.find() == in_home and in_home.read_bytes() == b"downloaded"

    retrieve(lambda *_, **__: pytest.fail("downloaded what is in the cache"))
    assert mnist.find() == in_home

    in_keras_home.parent.mkdir(parents=True)
    in_keras_home.touch()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "elsewhere"))
    assert mnist.find() == in_keras_home

    monkeypatch.setenv("AE_MNIST", str(tmp_path / "mine.npz"))
    assert mnist.find() == tmp_path / "mine.npz"
    assert mnist.find("given.npz") == Path("given.npz")
    assert mnist.find(Path("given.npz")) == Path("given.npz")

    monkeypatch.setenv("AE_MNIST", "")  # set and empty is not set
    assert mnist.find() == in_keras_home


def test_a_named_file_that_is_missing_is_not_replaced_by_another(
    home: Path, monkeypatch: pytest.MonkeyPatch, retrieve: Callable[..., None]
) -> None:
    """Or else a slip in a path would train on other data, unseen."""
    retrieve(lambda *_, **__: pytest.fail("downloaded instead"))
    assert "no MNIST file at" in complaint(home / "slip.npz")
    monkeypatch.setenv("AE_MNIST", str(home / "slip.npz"))
    with pytest.raises(DataError, match=r"no MNIST file at .*slip\.npz"):
        mnist.load()


@pytest.mark.parametrize(
    "fault",
    [
        # A message of any shape, a full disk, a wrong hash, a closed port.
        Exception("URL fetch failure on https://example.org/mnist.npz: None -- no route\nto host"),
        OSError(28, "No space left on device"),
        ValueError("Incomplete or corrupted file detected."),
        ConnectionRefusedError(111, "Connection refused"),
    ],
)
def test_without_a_network_it_says_what_to_do(
    home: Path, fault: Exception, retrieve: Callable[..., None]
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise fault

    retrieve(fail)
    with pytest.raises(DataError) as caught:
        mnist.load()
    sentence = str(caught.value)
    assert "could not be downloaded" in sentence and type(fault).__name__ in sentence
    assert str(home / ".keras" / "datasets" / "mnist.npz") in sentence
    assert "--data" in sentence and "AE_MNIST" in sentence
    assert "\n" not in sentence and ". " not in sentence
    assert caught.value.__cause__ is fault


def test_a_download_tells_its_share_and_checks_the_hash(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The real pooch, with a server that is a function."""
    raw = good.read_bytes()

    class Response:
        headers: ClassVar = {"content-length": str(len(raw))}

        def raise_for_status(self) -> None: ...

        def iter_content(self, chunk_size: int) -> Iterator[bytes]:
            yield from (raw[i : i + 9999] for i in range(0, len(raw), 9999))

        def close(self) -> None: ...

    class Session:
        def get(self, url: str, **options: object) -> Response:
            assert url.startswith("https://") and options["timeout"]
            return Response()

        def __enter__(self) -> Session:
            return self

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr("requests.Session", Session)
    monkeypatch.setattr("requests.get", Session().get)
    with pytest.raises(DataError, match=r"could not be downloaded \(ValueError\)"):
        mnist.load()  # the hash is not MNIST's
    monkeypatch.setattr(mnist, "_SHA256", hashlib.sha256(raw).hexdigest())
    shares: list[float] = []
    assert mnist.load(on_share=shares.append).x_train[5, 6, 7] == 1
    assert shares == sorted(shares) and shares[-1] == 1 and len(shares) > 3
    assert capsys.readouterr().out == ""


# What is read


def test_what_is_read(good: Path) -> None:
    data = mnist.load(good)
    assert data.x_train.shape == (60_000, 28, 28) and data.x_test.shape == (10_000, 28, 28)
    assert data.x_train.dtype == data.x_test.dtype == np.float32
    assert data.x_train[5, 6, 7] == 1 and data.x_train.sum() == 1
    assert data.x_test[1, 2, 3] == np.float32(0.2) and data.x_test.max() == np.float32(0.2)
    assert data.y_train.dtype == data.y_test.dtype == np.uint8
    assert (data.y_train[5], data.y_test[1]) == (9, 4)
    assert data.sha256 == hashlib.sha256(good.read_bytes()).hexdigest()


def test_mnist_itself(mnist: Mnist) -> None:
    assert mnist.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(mnist.y_test).tolist() == [
        *(980, 1135, 1032, 1010, 982),
        *(892, 958, 1028, 974, 1009),
    ]
    assert mnist.x_train.min() == 0 and mnist.x_train.max() == 1
    # The mean and the deviation with which every second tutorial normalises.
    assert mnist.x_train.mean(dtype=np.float64) == pytest.approx(0.1307, abs=1e-4)
    assert mnist.x_train.std() == pytest.approx(0.3081, abs=1e-4)


# What is refused


@pytest.mark.parametrize("share", [0, 1e-5, 0.001, 0.5, 0.99])
def test_truncated(good: Path, tmp_path: Path, share: float) -> None:
    raw = good.read_bytes()
    path = tmp_path / "mnist.npz"
    path.write_bytes(raw[: int(share * len(raw))])
    assert "is damaged or not MNIST" in complaint(path)


def npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, raw in members.items():
            file.writestr(f"{name}.npy", raw)
    return buffer.getvalue()


class Trap:
    """Unpickling it would show."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was opened",)


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>not found</html>",
        b"\x1f\x8b\x08" + b"\x00" * 50,
        npy(np.zeros((60_000,), np.uint8)),
        pickle.dumps(Trap()),
        npy(np.array([Trap()], dtype=object)),
        archive(x_train=npy(np.array([Trap()], dtype=object))),
        archive(x_train=b"no array"),
        archive(x_train=npy(np.zeros(3, np.uint8))[:-1]),
        archive(x_train=npy(np.zeros(3, np.uint8))),
        archive(),
    ],
    ids=[
        *("page", "gzip", "npy", "pickle", "pickle in npy", "pickle in npz"),
        *("text in npz", "array cut off", "arrays missing", "nothing"),
    ],
)
def test_another_kind_of_file(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "mnist.npz"
    path.write_bytes(raw)
    assert "is damaged or not MNIST" in complaint(path)


def test_damaged_inside(good: Path, tmp_path: Path) -> None:
    """The archive's list is whole, an array's bytes are not."""
    raw = bytearray(good.read_bytes())
    raw[200:260] = b"\xff" * 60
    path = tmp_path / "mnist.npz"
    path.write_bytes(raw)
    assert "is damaged or not MNIST" in complaint(path)


def test_a_folder(tmp_path: Path) -> None:
    assert "is damaged or not MNIST" in complaint(tmp_path)


@pytest.mark.parametrize(
    ("name", "wrong", "got"),
    [
        ("x_train", np.zeros((60_000, 784), np.uint8), "uint8 of shape (60000, 784)"),
        ("x_test", np.zeros((9_999, 28, 28), np.uint8), "uint8 of shape (9999, 28, 28)"),
        ("y_test", np.zeros((10_000, 1), np.uint8), "uint8 of shape (10000, 1)"),
        ("y_train", np.zeros(60_000, np.int64), "int64 of shape (60000,)"),
        ("x_test", np.zeros((10_000, 28, 28), np.float32), "float32 of shape (10000, 28, 28)"),
    ],
)
def test_other_shapes_and_types(
    arrays: Arrays, tmp_path: Path, name: str, wrong: np.ndarray, got: str
) -> None:
    path = tmp_path / "mnist.npz"
    np.savez(path, **(arrays | {name: wrong}))
    sentence = complaint(path)
    assert f"{name} is {got}, expected uint8 of shape {arrays[name].shape}" in sentence


def test_choices_are_made_on_training_digits() -> None:
    x, y = np.zeros((60_000, 28, 28), np.float32), np.arange(60_000) % 10
    x[55_000:] = 1
    whole = Mnist(x, y, x[:10_000], y[:10_000], "0" * 64)
    part = whole.for_choosing()
    assert (part.x_train.shape, part.x_test.shape) == ((55_000, 28, 28), (5_000, 28, 28))
    assert not part.x_train.any() and part.x_test.all()
    assert [*part.y_train, *part.y_test] == [*whole.y_train]
    assert part.name != whole.name and part.sha256 == whole.sha256
