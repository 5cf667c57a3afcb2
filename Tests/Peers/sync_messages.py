"""The messages of flagd.sync.v1 and sync.v1, built at run time.

Only the protobuf runtime is needed, no compiler. The numbers are held against Protos/ by the tests.
"""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2

_FIELD = descriptor_pb2.FieldDescriptorProto
STRUCT = ".google.protobuf.Struct"

# Message name -> [(field, number, type)]; a type that begins with a dot names a message or enum.
_REQUEST = [("provider_id", 1, "string"), ("selector", 2, "string")]
SYNC_V1 = {
    "SyncFlagsRequest": _REQUEST,
    "SyncFlagsResponse": [("flag_configuration", 1, "string"), ("sync_context", 2, STRUCT)],
    "FetchAllFlagsRequest": _REQUEST,
    "FetchAllFlagsResponse": [("flag_configuration", 1, "string")],
    "GetMetadataRequest": [],
    "GetMetadataResponse": [("metadata", 2, STRUCT)],
}
LEGACY_V1 = {
    "SyncFlagsRequest": _REQUEST,
    "SyncFlagsResponse": [("flag_configuration", 1, "string"), ("state", 2, ".sync.v1.SyncState")],
    "FetchAllFlagsRequest": _REQUEST,
    "FetchAllFlagsResponse": [("flag_configuration", 1, "string")],
}
SYNC_STATES = ["UNSPECIFIED", "ALL", "ADD", "UPDATE", "DELETE", "PING"]


def _file(package, messages, with_states):
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{package}.proto", package=package, syntax="proto3", dependency=["google/protobuf/struct.proto"]
    )
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            added = message.field.add(name=field, number=number, label=_FIELD.LABEL_OPTIONAL)
            if kind == "string":
                added.type = _FIELD.TYPE_STRING
            else:
                added.type = _FIELD.TYPE_MESSAGE if kind == STRUCT else _FIELD.TYPE_ENUM
                added.type_name = kind
    if with_states:
        states = file.enum_type.add(name="SyncState")
        for number, name in enumerate(SYNC_STATES):
            states.value.add(name=f"SYNC_STATE_{name}", number=number)
    return file


def _classes(package, messages, with_states=False):
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(struct_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(_file(package, messages, with_states))
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in messages
    }


sync_v1 = _classes("flagd.sync.v1", SYNC_V1)
legacy_v1 = _classes("sync.v1", LEGACY_V1, with_states=True)


def fill_struct(struct, values):
    """Puts a dictionary into a google.protobuf.Struct of any descriptor pool."""
    plain = struct_pb2.Struct()
    plain.update(values)
    struct.SetInParent()
    struct.MergeFromString(plain.SerializeToString())
