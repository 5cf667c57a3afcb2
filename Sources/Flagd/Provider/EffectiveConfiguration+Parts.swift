/// What a provider is built of, made from its settings.
extension EffectiveConfiguration {
    /// The sources: those given in code, else the configured one.
    func sources(_ options: FlagdOptions, _ timekeeper: any Timekeeper) throws(FlagdError) -> [any FlagSource] {
        switch source {
        case .custom: return options.sources
        case .grpc:
            if let settings = SyncSettings(self, options: options) {
                return [GRPCFlagSource(settings, timekeeper: timekeeper)]
            }
        case .file:
            if let path = offlineFlagSourcePath.value {
                let file = FileFlagSource(
                    path: path, pollInterval: offlinePollInterval.value, maximumSize: maxMessageSize.value,
                    timekeeper: timekeeper)
                return [file]
            }
        case .kubernetes: break
        }
        throw FlagdError(.configuration, "option resolver is '\(resolver.value)', whose source is not available yet")
    }

    /// The times and counts of the state machine.
    func machine(_ sources: [any FlagSource]) -> ProviderStateMachine.Configuration {
        ProviderStateMachine.Configuration(
            deadline: deadline.value, gracePeriod: retryGracePeriod.value, maxSyncRetries: maxSyncRetries.value,
            fatalCodes: fatalCodeNames, sources: sources.map(\.label), hasSnapshot: snapshotPath.value != nil)
    }

    /// What the evaluation needs.
    func evaluation(_ options: FlagdOptions) -> EvaluationOptions {
        var evaluation = EvaluationOptions()
        evaluation.fractionalVersion = fractionalVersion.value
        evaluation.reportsSplit = options.reportsSplit
        evaluation.isStrict = isStrict.value
        evaluation.selector = selector.value
        evaluation.clock = options.clock
        if let logger = options.logger {
            evaluation.log = { message in if logger.isEnabled(.debug) { logger.log(.debug, message) } }
        }
        return evaluation
    }

    /// The snapshot files, when a path is set.
    var snapshots: SnapshotStore? {
        snapshotPath.value.map { SnapshotStore(path: $0, limit: maxMessageSize.value) }
    }
}
