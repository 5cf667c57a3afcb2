/// A context as the engine reads it: its attributes laid out in an arena, their keys hashed.
final class ContextStorage: Sendable {
    let attributes: Structure
    /// The attributes' table, in this object's arena.
    let table: ObjectTable
    private let arena: Arena

    init(_ attributes: Structure) {
        self.attributes = attributes
        arena = Arena(firstBlock: 1024)
        table = RuleValue(.structure(attributes), arena: arena).members
    }
}
