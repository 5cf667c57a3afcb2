/// The flags of a payload.
extension FlagSetCompiler {
    mutating func flags(_ parser: inout JSONParser) throws(JSONError) {
        // Of many such members, none may look at what others left.
        for record in firstRecord..<parts.records.count { parts.unusableReasons[record] = nil }
        parts.records.removeLast(parts.records.count - firstRecord)
        parts.details.removeLast(parts.details.count - firstRecord)
        findings.removeAll()
        deferred.removeAll()
        flagsProblem = nil
        earlier?.begin(payload: parts.payloads.count)
        switch parser.peek() {
        case UInt8(ascii: "{"): try objectForm(&parser)
        case UInt8(ascii: "["): try arrayForm(&parser)
        case UInt8(ascii: "n"):
            tape.removeAll()
            try parser.value(onto: &tape)
        default:
            tape.removeAll()
            let start = parser.position
            try parser.value(onto: &tape)
            flagsProblem = JSONError(reason: "'flags' is neither an object nor a list", offset: start)
        }
    }

    private mutating func objectForm(_ parser: inout JSONParser) throws(JSONError) {
        try parser.beginObject()
        var isFirst = true
        while let key = try parser.nextKey(isFirst: isFirst) {
            isFirst = false
            if let taken = earlier?.take(key, &parser) {
                takeOver(taken)
                continue
            }
            tape.removeAll()
            let (raw, isTooDeep) = try parser.rawValueOfAnyDepth(onto: &tape)
            let place = FlagPlace(key: key, index: nil, record: parts.records.count)
            flag(key, raw: raw, isTooDeep: isTooDeep, place: place)
        }
    }

    private mutating func arrayForm(_ parser: inout JSONParser) throws(JSONError) {
        try parser.beginArray()
        var seen = KeySet(capacity: 16)
        var index = 0
        while try parser.nextElement(isFirst: index == 0) {
            try element(index, &seen, &parser)
            index += 1
        }
    }

    private mutating func element(
        _ index: Int, _ seen: inout KeySet, _ parser: inout JSONParser
    ) throws(JSONError) {
        if let taken = earlier?.takeElement(index, &parser) {
            noteDuplicate(FlagPlace(key: taken.detail.key, index: index, record: parts.records.count), &seen)
            return takeOver(taken)
        }
        tape.removeAll()
        let (raw, isTooDeep) = try parser.rawValueOfAnyDepth(onto: &tape)
        guard let key = try isTooDeep ? textKey(past: raw) : textKey() else {
            return report(nil, "/flags/\(index)", "an element without a text 'key' is dropped", .warning)
        }
        earlier?.pass(key)
        let place = FlagPlace(key: key, index: index, record: parts.records.count)
        noteDuplicate(place, &seen)
        flag(key, raw: raw, isTooDeep: isTooDeep, place: place)
    }

    private mutating func noteDuplicate(_ place: FlagPlace, _ seen: inout KeySet) {
        if seen.insert(HashedKey(place.key)) { return }
        report(place, "", "the key stands there more than once; the last one wins", .warning)
    }

    /// Adds a flag of the earlier set that has not changed.
    private mutating func takeOver(_ flag: EarlierFlags.Taken) {
        if flag.detail.usesEvaluators { deferred.append(parts.records.count) }
        parts.details.append(flag.detail)
        parts.records.append(flag.record)
        parts.standsOnEarlier = true
    }

    /// The key of the element on the tape; nil when it has none that is text.
    private func textKey() -> ByteView? {
        tape.count > 0 ? tape.member(ByteView("key"), of: 0).flatMap { tape.text(at: $0) } : nil
    }

    /// The key of an element that is nested too deeply for a tape.
    private func textKey(past raw: ByteView) throws(JSONError) -> ByteView? {
        var parser = JSONParser(raw, arena: parts.arena)
        guard parser.peek() == UInt8(ascii: "{") else { return nil }
        try parser.beginObject()
        var found: ByteView?
        var isFirst = true
        while let name = try parser.nextKey(isFirst: isFirst) {
            isFirst = false
            if name == ByteView("key") {
                var value = JSONTape()
                found = try parser.rawValueOfAnyDepth(onto: &value).isTooDeep ? nil : value.text(at: 0)
            } else {
                try parser.skipValue()
            }
        }
        return found
    }

    /// Notes what is wrong with a member of a flag, or with an element that is none.
    mutating func report(
        _ place: FlagPlace?, _ member: String, _ reason: String, _ severity: FlagDiagnostic.Severity
    ) {
        let diagnostic = FlagDiagnostic(
            flagKey: place?.key.string, pointer: (place?.pointer ?? "") + member, reason: reason, severity: severity)
        findings.append(Finding(record: place?.record, diagnostic: diagnostic))
    }

    /// Compiles the rules that refer to evaluators, now that all of the payload was seen.
    mutating func compileDeferred(_ evaluators: JSONTape, hasEarlierEvaluators: Bool) {
        if hasEarlierEvaluators { deferred.removeAll { parts.details[$0].origin != nil } }
        guard !deferred.isEmpty else { return }
        rules.evaluators = RuleEvaluators(evaluators, arena: parts.arena)
        for record in deferred { compileDeferred(record) }
        rules.evaluators = nil
    }

    private mutating func compileDeferred(_ record: Int) {
        parts.details[record].origin = nil
        let detail = parts.details[record]
        parts.records[record] = unsafe parts.records[record].with(rule: nil, state: parts.records[record].state)
        tape.removeAll()
        var parser = JSONParser(detail.raw, arena: parts.arena)
        // These bytes were parsed once already.
        guard (try? parser.value(onto: &tape)) != nil else { return }
        let place = FlagPlace(key: detail.key, index: detail.arrayIndex, record: record)
        guard let members = FlagMembers(tape), let targeting = members.targeting,
            rules.evaluators?.leadToNoRule(tape, at: targeting) == false
        else { return }
        compileRule(targeting, of: record, place: place)
    }
}
