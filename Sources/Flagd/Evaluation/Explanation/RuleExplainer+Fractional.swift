/// `fractional`: what was hashed, and what belongs to whom.
extension RuleExplainer {
    mutating func fractional(_ argument: RulePlace, _ frame: RuleFrame) -> Body {
        let arguments = arguments(argument)
        var body = Body(subject: .fractional(nil), notes: arguments.notes)
        let result = evaluate(argument, frame) { explainer, machine, value -> Bucketed? in
            guard !machine.hasStopped else { return nil }
            let result: Bucketed
            if value.kind == .list {
                result = explainer.bucketing(value.elements, &machine, frame)
            } else {
                result = ValueList.withOne(value) { explainer.bucketing($0, &machine, frame) }
            }
            return machine.hasStopped ? nil : result
        }
        switch result {
        case .some(.some(.success(let bucketing))):
            body.subject = .fractional(bucketing)
            if bucketing.ranges.count == ExplanationLimits.maximumRanges { noteIncomplete() }
        case .some(.some(.failure(let reason))): body.notes.append(reason.text)
        case .some(.none), .none: break
        }
        explainArguments(arguments, frame, into: &body)
        return body
    }

    /// The parts of it that are computed.
    private mutating func explainArguments(_ arguments: RuleArguments, _ frame: RuleFrame, into body: inout Body) {
        if arguments.isBare, let place = arguments.places.first {
            _ = explain(place, frame, role: "arguments", into: &body)
            return
        }
        for (index, place) in arguments.places.prefix(ExplanationLimits.maximumElements).enumerated() {
            let isValue = index == 0 && place.tape.kind(at: place.index) != .list
            guard isValue || isComputed(place) else { continue }
            let role = isValue ? "bucket by" : "argument \(index)"
            guard let explained = explain(place, frame, role: role, into: &body), !explained.hasStopped else { return }
        }
    }

    /// Why `fractional` has no bucket.
    private struct NoBucket: Error {
        let text: String

        init(_ text: String) { self.text = text }
    }

    private typealias Bucketed = Result<Explanation.Bucketing, NoBucket>

    private func bucketing(
        _ arguments: ValueList, _ machine: inout RuleMachine, _ frame: RuleFrame
    ) -> Bucketed {
        guard let first = arguments.first else { return .failure(NoBucket("there are no variants")) }
        let isExplicit = first.kind != .list
        let hashed = isExplicit ? explicitBytes(first, &machine, frame) : implicitBytes(&machine, frame)
        let bytes: [UInt8]
        switch hashed {
        case .success(let found): bytes = found
        case .failure(let reason): return .failure(reason)
        }
        return weights(arguments, from: isExplicit ? 1 : 0).map { buckets in
            makeBucketing(buckets, bytes: bytes)
        }
    }

    /// The bytes of a bucketing value that the rule gives.
    private func explicitBytes(
        _ value: RuleValue, _ machine: inout RuleMachine, _ frame: RuleFrame
    ) -> Result<[UInt8], NoBucket> {
        let isNull = value.asData.isNull
        if fractionalVersion == .v3 {
            guard !isNull else { return .failure(NoBucket("the value to bucket by is null")) }
            guard machine.canWalk(value) else { return .failure(NoBucket("the value to bucket by is too large")) }
            var encoder = DeterministicCBOR()
            encoder.append(value)
            return .success(encoder.bytes)
        }
        if value.kind == .text { return .success(value.text.array) }
        return isNull ? implicitBytes(&machine, frame) : .failure(NoBucket("the value to bucket by is no text"))
    }

    /// The bytes of the flag's key and the targeting key.
    private func implicitBytes(
        _ machine: inout RuleMachine, _ frame: RuleFrame
    ) -> Result<[UInt8], NoBucket> {
        let targetingKey = machine.lookUp(ByteView("targetingKey"), scope: frame.scope) ?? .null
        guard targetingKey.kind == .text else { return .failure(NoBucket("there is no text targetingKey")) }
        var key = flagKey.text
        if frame.scope != .flag {
            let found = machine.lookUp(ByteView("$flagd.flagKey"), scope: frame.scope) ?? .null
            key = found.kind == .text ? found.text : .empty
        }
        if fractionalVersion == .v3 {
            var encoder = DeterministicCBOR()
            encoder.appendArrayHead(count: 2)
            encoder.append(text: key)
            encoder.append(text: targetingKey.text)
            return .success(encoder.bytes)
        }
        guard !targetingKey.text.isEmpty else { return .failure(NoBucket("the targetingKey is empty")) }
        return .success(key.array + targetingKey.text.array)
    }

    /// Variants with their weights.
    private typealias Buckets = [(variant: RuleValue, weight: UInt64)]

    private func weights(_ arguments: ValueList, from start: Int) -> Result<Buckets, NoBucket> {
        var buckets: Buckets = []
        buckets.reserveCapacity(arguments.count)
        for index in start..<arguments.count {
            let parts = arguments[index].elements
            guard let variant = parts.first else { return .failure(NoBucket("argument \(index) is no bucket")) }
            guard Bucketing.isVariant(variant) else {
                return .failure(NoBucket("the variant of argument \(index) is a list or an object"))
            }
            guard let weight = Bucketing.weight(parts.count > 1 ? parts[1] : nil) else {
                return .failure(NoBucket("the weight of argument \(index) is no whole number up to 2147483647"))
            }
            buckets.append((variant, weight))
        }
        let total = buckets.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return .failure(NoBucket("the weights' sum is 0")) }
        guard total <= UInt64(Bucketing.maximumWeight) else {
            return .failure(NoBucket("the weights' sum is above 2147483647"))
        }
        return .success(buckets)
    }

    private func makeBucketing(_ buckets: Buckets, bytes: [UInt8]) -> Explanation.Bucketing {
        let hash = unsafe bytes.withUnsafeBufferPointer { unsafe MurmurHash3.hash(ByteView($0)) }
        let total = buckets.reduce(0) { $0 + $1.weight }
        var ranges: [Explanation.BucketRange] = []
        var winner: (index: Int, range: Explanation.BucketRange)?
        var start: UInt64 = 0
        for (index, bucket) in buckets.enumerated() {
            let end = start + bucket.weight
            let holds = winner == nil && Bucketing.holds(hash, end: end, total: total, version: fractionalVersion)
            if ranges.count < ExplanationLimits.maximumRanges || holds {
                let range = range(bucket.variant, start..<end, total)
                if ranges.count < ExplanationLimits.maximumRanges { ranges.append(range) }
                if holds { winner = (index, range) }
            }
            start = end
        }
        let isNumbered = fractionalVersion != .v1
        let position = Double(isNumbered ? hash : Int32(bitPattern: hash).magnitude)
        return Explanation.Bucketing(
            version: fractionalVersion, hashedBytes: RuleExplainer.excerpt(bytes),
            hashedByteCount: bytes.count, hash: hash, totalWeight: total,
            bucket: isNumbered ? (UInt64(hash) * total) >> 32 : nil,
            percent: position / (isNumbered ? 4_294_967_296 : 2_147_483_647) * 100, ranges: ranges,
            winner: winner?.range, winnerIndex: winner?.index)
    }

    /// The first bytes, without a part of a scalar at the end when they are text.
    private static func excerpt(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > ExplanationLimits.maximumTextBytes else { return bytes }
        var end = ExplanationLimits.maximumTextBytes
        while end > ExplanationLimits.maximumTextBytes - 3, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }

    private func range(
        _ variant: RuleValue, _ buckets: Range<UInt64>, _ total: UInt64
    ) -> Explanation.BucketRange {
        var excerpt = ValueExcerpt()
        let percent = { (weight: UInt64) in Double(weight) * 100 / Double(total) }
        // The first hash of a bucket: the least one whose product with the total reaches it. Weights have 31 bits.
        let hash = { (weight: UInt64) in ((weight << 32) + total - 1) / total }
        return Explanation.BucketRange(
            variant: excerpt.value(variant), buckets: buckets,
            percent: percent(buckets.lowerBound)..<percent(buckets.upperBound),
            hashes: fractionalVersion == .v1 ? nil : hash(buckets.lowerBound)..<hash(buckets.upperBound))
    }
}
