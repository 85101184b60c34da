"""Loads every contract with zeep and compares its operations with the catalogue; libxml2 compiles the schemas."""

import collections
import json
import logging
import pathlib
import sys
import tempfile

import zeep
from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"

contracts, catalogue = map(pathlib.Path, sys.argv[1:])


class Fatal(logging.Handler):
    """A warning of zeep's is about the contract."""

    def emit(self, record):
        sys.exit(f"zeep warns: {record.getMessage()}")


logging.getLogger("zeep").addHandler(Fatal(logging.WARNING))


def type_in_contract(type):
    """What a contract says of a type; one that nothing is known of can be anything."""
    return XS + "anyType" if type.startswith("{}") else type if type.startswith("{") else XS + type


def listed(params):
    return [(p["name"], type_in_contract(p["type"])) for p in params or []]


def found(elements):
    """To zeep, xs:anyType has no name."""
    return [(name, str(element.type.qname or XS + "anyType")) for name, element in elements]


def in_catalogue(row):
    request = f"{{{row['namespace']}}}{row['request']}"
    return row["action"], request, listed(row.get("params")), listed(row.get("soap_headers"))


def in_contract(operation):
    body, header = operation.input.body, operation.input.header
    return operation.soapaction, str(body.qname), found(body.type.elements), found(header.type.elements)


def compile_schemas(contract):
    """Compiles all schemas of a contract as one, which libxml2 does only with each in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        schemas = etree.parse(contract).findall(f".//{XS}schema")
        files = {s.get("targetNamespace"): f"{folder}/{i}.xsd" for i, s in enumerate(schemas)}
        every = etree.Element(XS + "schema")
        for namespace, file in files.items():
            etree.SubElement(every, XS + "import", namespace=namespace, schemaLocation=file)
        for schema in schemas:
            for imported in schema.findall(XS + "import"):
                imported.set("schemaLocation", files[imported.get("namespace")])
            etree.ElementTree(schema).write(files[schema.get("targetNamespace")])
        etree.XMLSchema(every)


wanted = collections.defaultdict(dict)
for row in json.loads(catalogue.read_text()):
    wanted[pathlib.PurePath(row["path"]).stem][row["name"]] = in_catalogue(row)

for name, operations in sorted(wanted.items()):
    contract = str(contracts / f"{name}.wsdl")
    compile_schemas(contract)
    client = zeep.Client(contract)
    got = {}
    for service in client.wsdl.services.values():
        for port in service.ports.values():
            for operation in port.binding.all().values():
                got[operation.name] = in_contract(operation)
                print(f"   {name}: {operation}")  # its signature, for which zeep resolves every type that it leads to
    for operation in got.keys() | operations.keys():
        if got.get(operation) != operations.get(operation):
            sys.exit(f"{name}: zeep finds {operation} to be {got.get(operation)}, not {operations.get(operation)}")
print(f"   zeep has read {len(wanted)} contracts, {sum(map(len, wanted.values()))} operations")
