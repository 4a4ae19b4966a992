internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import MessagingAPI

extension MessagingCore {
    /// The texts of messages, for the staff.
    @ContributionBuilder var templateEndpoints: Contributions {
        Endpoint.get("/message-templates", self.listTemplates, "Lists the organization's own texts.").inProduct()
        Endpoint.get("/message-templates/{id}", self.readTemplate, "Shows a text of the organization's own.")
            .inProduct()
        Endpoint.post(
            "/message-templates", self.createTemplate,
            "Puts a text of the organization's own in place of a built-in one."
        ).inProduct()
        Endpoint.put("/message-templates/{id}", self.replaceTemplate, "Replaces a text.").inProduct()
        Endpoint.delete("/message-templates/{id}", self.archiveTemplate, "Goes back to the built-in text.").inProduct()
        Endpoint.post(
            "/message-templates/preview", self.previewTemplate, status: 200,
            "Shows what a text makes of a made-up booking; without one, the text that holds now."
        ).inProduct()
    }

    var listTemplates: Query<PageInput, Page<TemplateView>> {
        Query("message-templates.list", .permission(.manageMessageTemplates)) { [templates] input, call, tx in
            try templates.list(input, call, in: tx)
        }
    }

    var readTemplate: Query<TemplateByID, TemplateView> {
        Query("message-templates.read", .permission(.manageMessageTemplates)) { [templates] input, call, tx in
            try templates.find(input.id, call, in: tx)
        }
    }

    var createTemplate: Command<CreateTemplate, TemplateView> {
        Command("message-templates.create", .permission(.manageMessageTemplates)) { [templates] input, call, tx in
            try templates.create(input, call, in: tx)
        }
    }

    var replaceTemplate: Command<ReplaceTemplate, TemplateView> {
        Command("message-templates.replace", .permission(.manageMessageTemplates)) { [templates] input, call, tx in
            try templates.replace(input, call, in: tx)
        }
    }

    var archiveTemplate: Command<TemplateByID, Nothing> {
        Command("message-templates.archive", .permission(.manageMessageTemplates)) { [templates] input, call, tx in
            try templates.archive(input.id, call, in: tx)
            return Nothing()
        }
    }

    var previewTemplate: Command<PreviewTemplate, TemplatePreview> {
        Command("message-templates.preview", .permission(.manageMessageTemplates)) { [templates] input, call, tx in
            try templates.preview(input, call, in: tx.reading)
        }
    }
}
