"""What the demo shop sells, the services it offers and the cities it serves (catalogue.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import TypeAdapter

from api.commerce.interface import ServiceKey


@dataclass(frozen=True, slots=True)
class Product:
    """Sold for `price_fen`; `now` is today's price where it has fallen since."""

    sku: str
    title: str
    price_fen: int
    now: int | None = None
    returnable: bool = True


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who delivers; tracking numbers begin with `prefix`."""

    name: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The file as it is."""

    services: list[ServiceKey]
    cities: dict[str, str]
    carriers: list[Carrier]
    products: list[Product]

    def city_of(self, address: str) -> str | None:
        """Key of the served city an address names first, if any."""
        places = {address.find(name): key for key, name in self.cities.items() if name in address}
        return places[min(places)] if places else None


@cache
def catalogue() -> Catalogue:
    """The bundled catalogue."""
    raw = resources.files(__package__).joinpath("catalogue.yml").read_text(encoding="utf-8")
    return TypeAdapter(Catalogue).validate_python(yaml.safe_load(raw))
