import AlmanacTestKit
import Testing

/// What holds on PostgreSQL holds behind PgBouncer in transaction mode too, with fewer sessions than connections.
struct PgBouncerConformanceTests {
    /// A test that other suites run on the server itself.
    struct Promise: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let keep: @Sendable () async throws -> Void

        init(_ name: String, _ keep: @escaping @Sendable () async throws -> Void) {
            self.testDescription = name
            self.keep = keep
        }
    }

    @Test(arguments: Self.transactions + Self.savepoints + Self.locks)
    func transactionsHold(_ promise: Promise) async throws {
        try await behindPgBouncer(sessions: 3) { try await promise.keep() }
    }

    @Test(arguments: Self.fences)
    func organizationsAndRoomsAreKeptApart(_ promise: Promise) async throws {
        try await behindPgBouncer(sessions: 2) { try await promise.keep() }
    }

    @Test(arguments: Self.pipelines + Self.retries)
    func statementsTravelTogetherAndAreRepeated(_ promise: Promise) async throws {
        try await behindPgBouncer(sessions: 2) { try await promise.keep() }
    }

    private static let transactions = [
        Promise("what a closure throws") {
            try await TransactionTests().whatAClosureThrowsArrivesAndNothingIsWritten(.postgres)
        },
        Promise("the first failure") {
            try await TransactionTests().theFirstFailureFailsTheWholeEvenWhenItIsCaught(.postgres)
        },
        Promise("after a failure") { try await TransactionTests().afterAFailureEveryStatementIsRefused(.postgres) },
        Promise("a posted failure") {
            try await TransactionTests().aPostedStatementThatFailsFailsTheTransaction(.postgres)
        },
        Promise("rows changed") { try await TransactionTests().executeTellsHowManyRowsChanged(.postgres) },
        Promise("own changes") {
            try await TransactionTests().aTransactionSeesItsOwnChangesAndOthersDoNot(.postgres)
        },
        Promise("reading only") { try await TransactionTests().readingTransactionsCannotWrite(.postgres) },
        Promise("one state") { try await TransactionTests().aReadSeesOneStateOfTheDatabase(.postgres) },
        Promise("rehearsal") { try await TransactionTests().closuresRunTwiceInTestsAndCountOnce(.postgres) },
        Promise("the sum stays") { try await BankTransferTests().theSumStays(.postgres, 1) },
    ]

    private static let savepoints = [
        Promise("a failed attempt") { try await SavepointTests().aFailedAttemptIsUndoneAndTheRestStays(.postgres) },
        Promise("nested attempts") { try await SavepointTests().attemptsNest(.postgres) },
        Promise("a swallowed failure") {
            try await SavepointTests().aFailureSwallowedInsideAnAttemptFailsTheAttempt(.postgres)
        },
        Promise("actions of what is undone") { try await SavepointTests().actionsOfWhatIsUndoneNeverRun(.postgres) },
        Promise("a failure before an attempt") {
            try await PostgresSavepointTests().aFailurePostedBeforeAnAttemptIsNotTheAttempts()
        },
        Promise("the room after an attempt") {
            try await PostgresSavepointTests().theRoomIsTheRightOneAfterAnUndoneAttempt()
        },
        Promise("a lock of an undone attempt") {
            try await PostgresSavepointTests().aLockTakenInAnUndoneAttemptIsTakenAgain()
        },
    ]

    private static let locks = [
        Promise("a lock counts") {
            try await LockTests().whoeverHoldsTheLockReadsWhatTheOneBeforeWrote(.postgres)
        },
        Promise("a lock is waited for") { try await LockTests().aLockIsWaitedForAndFreedAtTheEnd() },
        Promise("a lock is needed") { try await LockTests().withoutTheLockUpdatesAreLost() },
    ]

    private static let fences = [
        Promise("invisible") { try await RowSecurityTests().rowsOfOthersAreInvisible() },
        Promise("not changed") { try await RowSecurityTests().rowsOfOthersAreNotChanged() },
        Promise("refused") { try await RowSecurityTests().rowsForOthersAreRefused() },
        Promise("nothing left behind") {
            try await RowSecurityTests().anEarlierTransactionLeavesNoOrganizationBehind()
        },
        Promise("rooms are closed") { try await PostgresRoomTests().codeRunsUnderTheRoleOfItsRoom() },
        Promise("a posted statement's room") {
            try await PostgresRoomTests().aPostedStatementRunsInTheRoomThatPostedIt()
        },
        Promise("without roles") { try await PostgresRoomTests().withoutRolesRowSecurityStillHolds() },
        Promise("a room without role") { try await PostgresRoomTests().aRoomWithoutRoleSaysWhatToDo() },
        Promise("the system") { try await PostgresRoomTests().theSystemSeesEveryOrganization() },
        Promise("nothing stays") { try await PostgresRoomTests().nothingOfATransactionStaysOnItsConnection() },
    ]

    private static let pipelines = [
        Promise("round trips") { try await PostgresPipelineTests().statementsTravelTogether() },
        Promise("order") { try await PostgresPipelineTests().postedStatementsKeepTheirOrder() },
        Promise("large answers") {
            try await PostgresPipelineTests().aThousandPostedStatementsWithLargeAnswersDoNotJam()
        },
        Promise("the first failure") { try await PostgresPipelineTests().theFirstFailureIsTheOneReported() },
        Promise("after a failure") { try await PostgresPipelineTests().aConnectionIsAsGoodAsBeforeAfterAFailure() },
        Promise("a change of the schema") {
            try await PostgresPipelineTests().preparedStatementsSurviveAChangeOfTheSchema()
        },
    ]

    private static let retries = [
        Promise("a deadlock") { try await PostgresRetryTests().aDeadlockIsResolvedByRepeatingOneTransaction() },
        Promise("a conflict") { try await PostgresRetryTests().aConflictThatDoesNotEndIsReportedAfterSixAttempts() },
        Promise("a slow statement") { try await PostgresRetryTests().aStatementThatTakesTooLongIsStopped() },
        Promise("a lock that is not freed") { try await PostgresRetryTests().aLockThatIsNotFreedIsGivenUp() },
        Promise("a lost session") {
            try await PostgresRecoveryTests().aTransactionThatLosesItsConnectionIsBegunAgain()
        },
        Promise("a session lost for good") {
            try await PostgresRecoveryTests().aTransactionThatAlwaysLosesItsConnectionIsGivenUp()
        },
        Promise("a doubtful commit") {
            try await PostgresRecoveryTests().aConnectionLostDuringTheCommitLeavesADoubtAndIsNotRepeated()
        },
    ]
}
