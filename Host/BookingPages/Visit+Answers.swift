internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// What was answered with a booking, for the page that shows it.
struct GivenAnswers {
    var items: [[String: Any]] = []
    /// Whether answers are missing without which the booking is not confirmed.
    var isMissing = false
    /// Where they can be changed, by whoever may.
    var address: String?

    var isShown: Bool { !self.items.isEmpty || self.isMissing }
}

extension Visit {
    /// What was answered with a booking; nothing where nothing was asked.
    func answers(with managed: Managed) async -> GivenAnswers {
        guard let operation = self.flow?[.answers] else { return GivenAnswers() }
        let json = await managed.client.get(operation.path(of: managed.id)).json
        var given = GivenAnswers()
        given.items = (json["items"]?.array ?? []).map {
            ["title": $0["label"]?.string ?? "", "text": self.answerText($0)]
        }
        let mayChange = self.flow?[.answer] != nil && Self.mayChange(json)
        given.isMissing = mayChange && !(json["missing"]?.array ?? []).isEmpty
        given.address =
            mayChange && given.isShown ? self.address(["manage", "answers"], managed.fields) : nil
        return given
    }

    private func answerText(_ item: JSON) -> String {
        if let chosen = item["chosen"]?.array { return chosen.compactMap(\.string).joined(separator: ", ") }
        guard let value = item["value"], !value.isNull else { return "–" }
        if let bool = value.bool { return self.word(bool ? "yes" : "no") }
        return value.string ?? value.text
    }

    private static func mayChange(_ answers: JSON) -> Bool {
        (answers["allowed"]?.array ?? []).contains { $0.string == "change" }
    }

    // MARK: Changing them

    /// The form with what was answered, and what becomes of sending it.
    func changeAnswers(_ managed: Managed) async throws(VisitProblem) -> Reply {
        guard self.flow?[.answer] != nil else { throw .notFound }
        let given = try await self.read(.answers, managed.id, as: managed.client)
        let form = try await self.answersForm(managed)
        guard self.isChange else {
            guard Self.mayChange(given) else { return .redirect(self.address(["manage"], managed.fields)) }
            return self.answersPage(managed, form, given, form.state(given))
        }
        let answer = try await self.send(
            .answer, managed.id, ["answers": .object(form.answered(self.form))], version: self.form.first("version"),
            as: managed.client)
        if answer.isFine { return .redirect(self.address(["manage"], managed.fields + [("did", "answered")])) }
        if answer.status == 429 { return self.busyPage(answer.retryAfter) }
        if answer.status >= 500 { throw .failed(answer.requestID) }
        // Whoever sends what was overtaken sees what holds now: with the new version it would go through unseen.
        if answer.status == 412 {
            return self.answersPage(
                managed, form, given, form.state(given), status: 412, problem: self.word("bookChanged"))
        }
        let errors = form.errors(answer, self.form)
        return self.answersPage(
            managed, form, given, self.form, status: answer.status,
            problem: errors.isEmpty ? self.explanation(of: answer) : self.word("wrongFields"), errors: errors)
    }

    /// The questions of what was booked, as they are asked now.
    private func answersForm(_ managed: Managed) async throws(VisitProblem) -> DetailsForm {
        let offer = managed.json["eventType"]?["id"]?.string ?? ""
        let questions = try await self.read(.questions, offer)["items"]?.array ?? []
        return DetailsForm(
            visit: self, questions: questions.map { QuestionField($0) }, asksWho: false, others: 0,
            asksAddress: false)
    }

    private func answersPage(
        _ managed: Managed, _ form: DetailsForm, _ given: JSON, _ state: FormState, status: Int = 200,
        problem: String? = nil, errors: DetailsForm.Errors = []
    ) -> Reply {
        var context = form.context(state, errors)
        context.merge(
            [
                "address": self.address(["manage", "answers"], managed.fields),
                "back": self.address(["manage"], managed.fields),
                "heading": managed.json["eventType"]?["name"]?.string ?? "",
                "version": given["version"]?.int.map { "\"\($0)\"" } ?? "",
                "problem": orHidden(problem.map { ["text": $0] }),
            ]
        ) { $1 }
        return .page(
            Reply.Page(
                status: status, title: self.word("bookAnswers"), template: "book/answers", context: context,
                scripts: ["details"]))
    }
}
