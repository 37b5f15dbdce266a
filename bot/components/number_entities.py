"""Order numbers, phones, addresses, days and the like as Rasa entities."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.facts import find_facts, load_products

SHOP_TIME = ZoneInfo("Asia/Shanghai")


_PRODUCTS = "products.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class NumberEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Finds what `find_facts` finds, 「明天」 counted from now; learns what goods are called."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`products` is a jieba word list of goods, from the root of the repository."""
        return {"products": "nlu_data/lexicon/products.txt"}

    def __init__(
        self,
        products: tuple[str, ...] = (),
        storage: ModelStorage | None = None,
        resource: Resource | None = None,
    ) -> None:
        self._products = products
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> NumberEntityExtractor:
        """The extractor with the words of the file."""
        path = Path(config["products"])
        products = load_products(path) if path.exists() else ()
        return cls(products, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:  # noqa: ARG002 - Rasa's signature
        """Keep the words with the model: those of the release, whatever the file says later."""
        assert self._storage is not None
        assert self._resource is not None
        with self._storage.write_to(self._resource) as directory:
            (directory / _PRODUCTS).write_text("\n".join(self._products), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> NumberEntityExtractor:
        """The extractor with the words of the model; those of the file for an older one."""
        try:
            with model_storage.read_from(resource) as directory:
                return cls(load_products(directory / _PRODUCTS), model_storage, resource)
        except ValueError:  # a model of before the words were kept with it
            return cls.create(config, model_storage, resource, execution_context)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        now = datetime.now(SHOP_TIME)
        for message in messages:
            text = str(message.get(TEXT) or "")
            found = [
                {
                    "entity": item.entity,
                    "value": item.value,
                    "start": item.start,
                    "end": item.end,
                    "confidence_entity": 1.0,
                }
                for item in find_facts(text, now, self._products)
            ]
            known = message.get(ENTITIES, [])
            message.set(ENTITIES, known + self.add_extractor_name(found), add_to_output=True)
        return messages
