extension FlagSet {
    /// The flags, in the payload's order.
    var flags: [FlagDescription] { liveRecords.map(describe) }

    private func describe(_ position: Int) -> FlagDescription {
        let record = tables.record(position)
        let detail = details[position]
        let variants = (0..<record.variantCount).compactMap { record.variant($0) }
        let name = detail.defaultVariant.text.string
        return FlagDescription(
            key: detail.key.string,
            variants: Structure(members: variants.map { ($0.name.text.string, Value($0.value)) }),
            defaultVariant: name.isEmpty ? nil : name, isEnabled: record.state != .disabled,
            hasTargeting: unsafe record.rule != nil, type: FlagSet.commonType(of: variants),
            metadata: FlagMetadata(storage: metadata(ofRecord: position)))
    }

    /// The type that all variants share; nil without one.
    static func commonType(of variants: [VariantRecord]) -> FlagDescription.ValueType? {
        var common: FlagDescription.ValueType?
        for type in variants.compactMap(\.value.flagType) {
            common = FlagDescription.ValueType.common(common ?? type, type)
            if common == nil { return nil }
        }
        return common
    }
}

extension FlagDescription.ValueType {
    /// The type of values of both; integers beside doubles are doubles.
    static func common(_ left: Self, _ right: Self) -> Self? {
        switch (left, right) {
        case (.integer, .double), (.double, .integer): .double
        default: left == right ? left : nil
        }
    }
}
