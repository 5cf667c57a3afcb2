import Flagd
import Foundation

/// A flag set and what is evaluated on it.
struct Workload {
    /// One case: a flag, asked for with a context.
    struct Case {
        let name: String
        let flagKey: String
        let type: String
        let context: EvaluationContext
    }

    let payload: [UInt8]
    let cases: [Case]

    /// Reads a workload as the shared folder's generator writes it: `{"flags": …, "cases": [{name, flagKey, type, context}]}`.
    init(file: String) throws {
        guard let text = FileManager.default.contents(atPath: file) else {
            throw UsageError(message: "there is no workload at \(file): name one with --workload, or set FLAGD_SHARED")
        }
        let value = try JSON.parse([UInt8](text))
        guard let members = value.structureValue, let flags = members["flags"], let list = members["cases"]?.listValue
        else { throw UsageError(message: "\(file) is no workload") }
        payload = Array(JSON.text(of: flags).utf8)
        cases = list.compactMap { element in
            guard let element = element.structureValue, let name = element["name"]?.stringValue,
                let key = element["flagKey"]?.stringValue, let type = element["type"]?.stringValue
            else { return nil }
            let context = EvaluationContext(attributes: element["context"]?.structureValue ?? [:])
            return Case(name: name, flagKey: key, type: type, context: context)
        }
    }

    /// Ten thousand flags in the shares of the C floor's `mix_10k`: half static, the rest simple rules.
    static func mix(_ count: Int) -> [UInt8] {
        var text = "{\"metadata\":{\"flagSetId\":\"mix\"},\"flags\":{"
        for index in 0..<count {
            if index > 0 { text += "," }
            text += "\"\(mixKey(index))\":{\"state\":\"ENABLED\",\"variants\":{\"on\":true,\"off\":false},"
            text += "\"defaultVariant\":\"off\"\(mixRule(index % 20))}"
        }
        return Array((text + "}}").utf8)
    }

    static func mixKey(_ index: Int) -> String {
        let digits = String(index)
        return "payments.checkout-redesign-" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    private static func mixRule(_ kind: Int) -> String {
        let condition: String
        switch kind {
        case 0..<10: return ""
        case 10, 11: condition = #"{"==":[{"var":"tier"},"premium"]}"#
        case 12, 13:
            condition = #"{"in":[{"var":"country"},["US","CA","GB","FR","ES","IT","NL","SE","PL","DE"]]}"#
        case 14, 15:
            condition =
                #"{"and":[{"or":[{"==":[{"var":"user.org.plan"},"enterprise"]},{">":[{"var":"user.org.seats"},100]}]},"#
                + #"{"<=":[18,{"var":"user.age"}]},{"!=":[{"var":"country"},"US"]},{"==":[{"var":"device.os.name"},"iOS"]}]}"#
        case 16: condition = #"{"starts_with":[{"var":"email"},"casey"]}"#
        case 17: condition = #"{"sem_ver":[{"var":"version"},">=","2.0.0"]}"#
        default: return #","targeting":{"fractional":[["on",50],["off",50]]}"#
        }
        return #","targeting":{"if":["# + condition + #","on","off"]}"#
    }
}

/// Where the shared folder is.
enum SharedFolder {
    static var path: String { ProcessInfo.processInfo.environment["FLAGD_SHARED"] ?? "../shared" }
}
