import Flagd

/// Answers the lines of `evaluate --batch`, one after the other.
///
/// A line that names a flag is evaluated against the set it brings, or against the last one that came. A line that brings a rule is
/// evaluated as it stands, with its data exactly as given.
struct BatchSession {
    private let flags: BatchFlags
    private let fractionalVersion: FractionalVersion
    private var payload: [UInt8]?
    /// Why the last payload cannot be used; nil when it can.
    private var note: String?

    /// Starts without flags.
    ///
    /// - Throws: ``FlagdError`` for options that cannot be used.
    init(options: FlagdOptions) throws(FlagdError) {
        flags = try BatchFlags(options: options)
        fractionalVersion = options.fractionalVersion ?? .v2
    }

    /// The answer to a line, one JSON object without line end.
    mutating func answer(_ line: [UInt8]) async -> String {
        var answer = JSONLine()
        do throws(RequestError) {
            let request = try RawMembers(line)
            if let id = request.text("id") { answer.add("id", json: String(decoding: id, as: UTF8.self)) }
            if let rule = request.text("rule") {
                add(rule: rule, data: request.text("data") ?? Array("null".utf8), to: &answer)
            } else {
                try await add(evaluationOf: request, to: &answer)
            }
        } catch {
            answer.add("error", .string(error.description))
        }
        return answer.text
    }

    /// Releases what the flags need.
    func end() async { await flags.end() }

    private func add(rule: [UInt8], data: [UInt8], to answer: inout JSONLine) {
        switch RuleEvaluation.evaluate(rule: rule, data: data, fractionalVersion: fractionalVersion) {
        case .success(let result): answer.add("result", result)
        case .failure(let error): answer.add("error", .string("\(error)"))
        }
    }

    private mutating func add(evaluationOf request: RawMembers, to answer: inout JSONLine) async throws(RequestError) {
        if let payload = try payload(of: request), payload != self.payload {
            self.payload = payload
            note = await flags.load(payload)
        }
        let query = try query(of: request)
        let context = try context(of: request)
        guard payload != nil else { throw RequestError("no flags were given, by this line or an earlier one") }
        if let note {
            answer.add("value", query.defaultValue)
            answer.add("reason", .string(ResolutionReason.error.rawValue))
            answer.add("errorCode", .string(ErrorCode.parseError.rawValue))
            answer.add("note", .string(note))
        } else {
            add(query.outcome(from: flags.provider, context: context), to: &answer)
        }
    }

    private func add(_ outcome: EvaluationOutcome, to answer: inout JSONLine) {
        answer.add("value", outcome.value)
        answer.add("variant", ifPresent: outcome.variant.map(Value.string))
        answer.add("reason", .string(outcome.reason.rawValue))
        answer.add("errorCode", ifPresent: outcome.errorCode.map { .string($0.rawValue) })
        answer.add("metadata", .structure(outcome.metadata))
    }

    /// The payload a line brings: an object as it stands, or a text's content.
    private func payload(of request: RawMembers) throws(RequestError) -> [UInt8]? {
        guard let text = request.text("flags"), let value = request.value("flags") else { return nil }
        if let raw = value.stringValue { return Array(raw.utf8) }
        guard value.structureValue != nil else { throw RequestError("flags is neither an object nor a text") }
        return text
    }

    private func query(of request: RawMembers) throws(RequestError) -> FlagQuery {
        guard let flagKey = request.value("flagKey")?.stringValue else {
            throw RequestError("flagKey is missing or no text")
        }
        guard let name = request.value("type")?.stringValue, let type = FlagType(name: name) else {
            throw RequestError("type is missing or none of \(FlagType.names)")
        }
        do throws(UsageError) {
            return try FlagQuery(flagKey: flagKey, type: type, defaultValue: request.value("default"))
        } catch {
            throw RequestError(error.message)
        }
    }

    private func context(of request: RawMembers) throws(RequestError) -> EvaluationContext? {
        guard let value = request.value("context") else { return nil }
        guard let attributes = value.structureValue else { throw RequestError("context is no object") }
        return EvaluationContext(attributes: attributes)
    }
}
