import FlagdTestSupport
import Foundation
import XCTest

@testable import FlagdTransport

final class TLSContextTests: XCTestCase {
    override func setUpWithError() throws {
        _ = try requireOrSkip(try? OpenSSLLibrary.load(path: nil), "OpenSSL (Debian package libssl3)")
    }

    /// The system's authorities are read once; the server's name does not matter.
    func testSystemsAuthoritiesAreShared() throws {
        let system = TLSConfiguration(serverName: "a")
        XCTAssertTrue(try TLSContext.make(system) === TLSContext.make(TLSConfiguration()))
    }

    /// Each file is read for each connection, but taken in only when it is another.
    func testFilesAreTakenInAgainWhenTheyChange() throws {
        let certificates = try TestCertificates.shared()
        let folder = try TemporaryFolder()
        let paths = [folder.path("ca.pem"), folder.path("client.pem"), folder.path("client.key")]
        let (old, new) = (certificates.pair("client"), certificates.pair("good"))
        let configuration = TLSConfiguration(
            certificateAuthorityPath: paths[0], clientCertificatePath: paths[1], clientKeyPath: paths[2])
        func write(_ contents: [String]) throws {
            for (path, file) in zip(paths, contents) {
                try Data(contentsOf: URL(fileURLWithPath: file)).write(to: URL(fileURLWithPath: path))
            }
        }
        try write([certificates.authority, old.certificate, old.key])
        let first = try TLSContext.make(configuration)
        XCTAssertTrue(try TLSContext.make(configuration) === first)
        XCTAssertFalse(try TLSContext.make(TLSConfiguration()) === first)
        try write([certificates.otherAuthority, old.certificate, old.key])
        let second = try TLSContext.make(configuration)
        XCTAssertFalse(second === first)
        try write([certificates.otherAuthority, new.certificate, new.key])
        XCTAssertFalse(try TLSContext.make(configuration) === second)
        try write([certificates.otherAuthority, new.certificate, old.key])
        XCTAssertThrowsError(try TLSContext.make(configuration))
        XCTAssertNoThrow(try TLSContext.make(TLSConfiguration(certificateAuthorityPath: paths[0])))
    }

    /// No key stays in memory longer than it is in use.
    func testAContextOfEarlierContentsIsNotKept() throws {
        let certificates = try TestCertificates.shared()
        let folder = try TemporaryFolder()
        let path = folder.path("ca.pem")
        func make(_ file: String) throws -> TLSContext {
            try folder.write(Data(contentsOf: URL(fileURLWithPath: file)), to: "ca.pem")
            return try TLSContext.make(TLSConfiguration(certificateAuthorityPath: path))
        }
        weak var first: TLSContext?
        weak var second: TLSContext?
        first = try make(certificates.authority)
        XCTAssertNotNil(first)
        second = try make(certificates.otherAuthority)
        XCTAssertNil(first)
        XCTAssertNotNil(second)
    }

    /// Threads that need a context at the same time may make several, of which all get one.
    func testThreadsAgreeOnAContext() throws {
        let authority = try Data(contentsOf: URL(fileURLWithPath: TestCertificates.shared().authority))
        let folder = try TemporaryFolder()
        for round in 0..<50 {
            let path = try folder.write(authority, to: "\(round).pem")
            let made = Locked<[TLSContext]>([])
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                let context = try? TLSContext.make(TLSConfiguration(certificateAuthorityPath: path))
                if let context { made.withLock { $0.append(context) } }
            }
            made.withLock { contexts in
                XCTAssertEqual(contexts.count, 4)
                XCTAssertTrue(contexts.allSatisfy { $0 === contexts.first })
            }
        }
    }

    /// Contexts of many files do not pile up, and the system's stays.
    func testKeptContextsAreBounded() throws {
        let authority = try Data(contentsOf: URL(fileURLWithPath: TestCertificates.shared().authority))
        let folder = try TemporaryFolder()
        let system = try TLSContext.make(TLSConfiguration())
        weak var first: TLSContext?
        for number in 0...TLSContext.maximumKept {
            let path = try folder.write(authority, to: "\(number).pem")
            let context = try TLSContext.make(TLSConfiguration(certificateAuthorityPath: path))
            if number == 0 { first = context } else { XCTAssertEqual(first == nil, number == TLSContext.maximumKept) }
        }
        XCTAssertTrue(try TLSContext.make(TLSConfiguration()) === system)
    }
}
