internal import AlmanacStorage

/// The tables behind what event types ask and what was answered.
enum QuestionSchema {
    /// What event types ask whoever books them.
    static let question = Table(BookingsSchema.room, "question")
    /// What was answered with bookings: one row for each booking whose event type asked anything.
    static let answers = Table(BookingsSchema.room, "booking_answers")

    static let steps: [any MigrationStep] = [
        // What becomes of a booking that misses required answers.
        AddColumn(Column("missing_answers", .text, default: "'refuse'"), to: BookingsSchema.eventType),
        CreateTable(Self.question) {
            Column("id", .uuid)
            Column("event_type_id", .uuid)
            // What answers are called; it stays with the question for ever.
            Column("name", .text)
            Column("position", .integer)
            Column("type", .text)
            Column("label", .json)
            Column("help", .json, optional: true)
            Column("is_required", .boolean)
            Column("options", .json)
            Column("conditions", .json)
            Column("min_length", .integer, optional: true)
            Column("max_length", .integer, optional: true)
            Column("minimum", .real, optional: true)
            Column("maximum", .real, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            Unique("event_type_id", "name")
            ForeignKey("event_type_id", references: BookingsSchema.eventType)
            Check(
                "type",
                """
                type IN ('text', 'longText', 'number', 'boolean', 'singleChoice', 'multipleChoice', 'date', 'time',
                    'phone', 'email')
                """)
            Check("lengths", "min_length IS NULL OR max_length IS NULL OR min_length <= max_length")
            Check("range", "minimum IS NULL OR maximum IS NULL OR minimum <= maximum")
        },
        CreateIndex(
            on: Self.question, "event_type_id", "position", unique: true, where: "archived_at IS NULL"),
        CreateTable(Self.answers) {
            Column("booking_id", .uuid)
            // By the names of the questions.
            Column("answers", .json)
            // What was asked, under the labels that it had then.
            Column("asked", .json)
            Column("version", .integer)
            Column("changed_at", .instant)
            Column("changed_by", .text)
            PrimaryKey("booking_id")
            ForeignKey("booking_id", references: BookingsSchema.booking)
        },
    ]
}
