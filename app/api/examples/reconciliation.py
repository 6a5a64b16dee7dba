"""Examples of the reconciliation API."""

from pydantic import BaseModel

from app.api.examples.things import ENTITY, REF, SUGGEST, TYPE
from app.query.schemas.extension import (
    ExtendOut,
    Properties,
    PropertyOut,
    ServiceManifest,
    SettingOut,
)
from app.query.schemas.reconcile import (
    Address,
    Candidate,
    Candidates,
    Feature,
    Flyout,
    Preview,
    Results,
    Suggest,
    Suggestion,
    Suggestions,
    TypeSuggestions,
    View,
)

RECONCILIATION: tuple[BaseModel, ...] = (
    ServiceManifest(
        versions=["0.2"],
        name="Briefbase",
        identifierSpace="http://127.0.0.1:8000/v1/entities/",
        schemaSpace="http://127.0.0.1:8000/docs#types",
        documentation="http://127.0.0.1:8000/docs",
        serviceVersion="0.1.0",
        view=View(url="http://127.0.0.1:8000/v1/entities/{{id}}?format=html"),
        defaultTypes=[TYPE],
        suggest=Suggest(entity=SUGGEST, type=SUGGEST, property=SUGGEST),
        preview=Preview(
            url="http://127.0.0.1:8000/v1/reconcile/preview?id={{id}}", width=420, height=160
        ),
        batchSize=50,
        extend=ExtendOut(
            propose_properties=Address(
                service_url="http://127.0.0.1:8000/v1/reconcile", service_path="/properties"
            ),
            property_settings=[
                SettingOut(
                    type="number",
                    name="limit",
                    label="Limit",
                    default=0,
                    help_text="Maximum number of values in a cell; 0 for all.",
                )
            ],
        ),
    ),
    Results(
        {
            "q0": Candidates(
                result=[
                    Candidate(
                        id=ENTITY.id,
                        name=ENTITY.name,
                        description=f"dataset · {REF.title}",
                        type=[TYPE],
                        score=100.0,
                        match=True,
                        features=[Feature(id="name", value=100.0)],
                    )
                ]
            )
        }
    ),
    Suggestions(
        result=[
            Suggestion(
                id=ENTITY.id, name=ENTITY.name, description=f"dataset · {REF.title}", notable=[TYPE]
            )
        ]
    ),
    TypeSuggestions(result=[TYPE]),
    Flyout(id=ENTITY.id, html=f"<h1>{ENTITY.name}</h1>\n<p>Dataset</p>\n"),
    Properties(
        properties=[PropertyOut(id="maker", name="Maker"), PropertyOut(id="type", name="Type")],
        type="model",
        limit=2,
    ),
)
