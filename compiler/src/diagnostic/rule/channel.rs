//! Rules about steps on AsyncAPI channels.

super::rules! {
    /// The `action` of a step contradicts its operation. In AsyncAPI 2.x, a workflow sends by a `publish` operation and
    /// receives by a `subscribe` operation. In 3.x, a step can use an operation in both directions.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `action`; AsyncAPI Specification 2.6.0, "Channel Item Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: waitForOrder
    ///   operationId: onOrder      # a `subscribe` operation
    ///   action: send
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: waitForOrder
    ///   operationId: onOrder
    ///   action: receive
    /// ```
    Error ACTION_MISMATCH "action-mismatch" "`action` agrees with the operation"

    /// A step with a `channelPath` does not say whether it sends or receives.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `action`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: waitForOrder
    ///   channelPath: '{$sourceDescriptions.events.url}#/channels/orders'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: waitForOrder
    ///   channelPath: '{$sourceDescriptions.events.url}#/channels/orders'
    ///   action: receive
    /// ```
    Error ACTION_REQUIRED "action-required" "a step with a `channelPath` has an `action`"

    /// A step that receives a message has a `requestBody`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `requestBody`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: waitForOrder
    ///   operationId: onOrder
    ///   action: receive
    ///   requestBody:
    ///     payload: { status: placed }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: waitForOrder
    ///   operationId: onOrder
    ///   action: receive
    ///   successCriteria:
    ///   - condition: $message.payload#/status == 'placed'
    /// ```
    Error BODY_ON_RECEIVE "body-on-receive" "a step that receives a message has no request body"

    /// A step on a channel sets a parameter that is neither a header of the message nor a parameter of the address, or
    /// it sets a header of a message that it receives.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Parameter Object", `in`; for channels, a choice.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// - stepId: announce
    ///   operationId: announceOrder
    ///   action: send
    ///   parameters:
    ///   - { name: region, in: query, value: eu }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// - stepId: announce
    ///   operationId: announceOrder
    ///   action: send
    ///   parameters:
    ///   - { name: region, in: header, value: eu }
    /// ```
    Error CHANNEL_PARAMETER "channel-parameter" "parameters of a step on a channel are headers or parts of the address"

    /// A `channelPath` does not have the form `{$sourceDescriptions.NAME.url}#POINTER`.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `channelPath`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// channelPath: '#/channels/orders'
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// channelPath: '{$sourceDescriptions.events.url}#/channels/orders'
    /// ```
    Error CHANNEL_PATH_SYNTAX "channel-path-syntax" "a `channelPath` names a source description and a channel in it"

    /// A `channelPath` does not select a channel of an AsyncAPI description.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `channelPath`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// channelPath: '{$sourceDescriptions.events.url}#/channels/order'    # the channel is `orders`
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// channelPath: '{$sourceDescriptions.events.url}#/channels/orders'
    /// ```
    Error CHANNEL_PATH_UNRESOLVED "channel-path-unresolved" "the channel of a `channelPath` exists"

    /// A step has a `correlationId`, but the messages of its channel do not say where a message carries it.
    ///
    /// Rule: Arazzo Specification 1.1.0, "Step Object", `correlationId`; AsyncAPI Specification 3.0.0, "Correlation ID
    /// Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// components:
    ///   messages:
    ///     orderPlaced:
    ///       payload: { type: object }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// components:
    ///   messages:
    ///     orderPlaced:
    ///       payload: { type: object }
    ///       correlationId: { location: '$message.header#/correlationId' }
    /// ```
    Error CORRELATION_ID_LOCATION "correlation-id-location" "messages say where they carry a correlation ID that is used"

    /// The location of a correlation ID, or of a parameter of an address, has dots in place of a JSON Pointer. It is read
    /// as the pointer.
    ///
    /// Rule: AsyncAPI Specification 3.0.0, "Runtime Expression".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// correlationId: { location: '$message.header.correlationId' }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// correlationId: { location: '$message.header#/correlationId' }
    /// ```
    Warning CORRELATION_LOCATION_DOTTED "correlation-location-dotted" "a location in a message is a JSON Pointer"

    /// A step sends to or receives from a channel without an address: in AsyncAPI 3.x, `address` is `null` or absent if
    /// the address is only known at run time, such as that of a private queue for replies. A run could not subscribe to
    /// it before it sends the request.
    ///
    /// Rule: a choice. AsyncAPI Specification 3.0.0, "Channel Object", `address`.
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// channels:      # of the AsyncAPI description
    ///   replies:
    ///     address: null
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// channels:
    ///   replies:
    ///     address: replies.{client}
    ///     parameters:
    ///       client: { description: A name that only this client has. }
    /// ```
    Error CHANNEL_ADDRESS_UNKNOWN "channel-address-unknown" "the channel of a step has an address"

    /// A binding of a channel names another topic, queue or exchange than the address. Bindings are not read, because a
    /// workflow does not know which protocol its broker speaks: messages are sent to the address.
    ///
    /// Rule: a choice. AsyncAPI Specification 3.0.0, "Channel Bindings Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// channels:      # of the AsyncAPI description
    ///   orders:
    ///     address: orders
    ///     bindings:
    ///       kafka: { topic: orders-v1 }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// channels:
    ///   orders:
    ///     address: orders-v1
    /// ```
    Warning CHANNEL_BINDING "channel-binding" "bindings of a channel agree with its address"

    /// A step sends to an operation that has a reply, and no step receives from the channel of the reply. A step either sends or
    /// receives, so that the reply needs another one. If the description does not say where the reply arrives, because its
    /// address is known only at run time, any step that receives from this description counts.
    ///
    /// Rule: a choice. AsyncAPI Specification 3.0.0, "Operation Reply Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: ask                # the operation has `reply: { channel: { $ref: '#/channels/answers' } }`
    ///   operationId: question
    ///   requestBody: { payload: { text: $inputs.text } }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// steps:
    /// - stepId: ask
    ///   operationId: question
    ///   requestBody: { payload: { text: $inputs.text } }
    /// - stepId: answer
    ///   channelPath: '{$sourceDescriptions.oracle.url}#/channels/answers'
    ///   action: receive
    ///   correlationId: $inputs.id
    ///   timeout: 30000
    /// ```
    Warning CHANNEL_REPLY "channel-reply" "replies of operations are received"

    /// The payload of a message is described in another format than JSON Schema, such as Avro or Protobuf. The compiler does
    /// not read such schemas: the payload is not checked, and an output that contains it has the type `Blob`, or any JSON
    /// value if the content type is JSON.
    ///
    /// Rule: a choice. AsyncAPI Specification 3.0.0, "Multi Format Schema Object".
    ///
    /// **Wrong**
    ///
    /// ```yaml
    /// payload:       # of a message in the AsyncAPI description
    ///   schemaFormat: application/vnd.apache.avro;version=1.9.0
    ///   schema: { $ref: './order.avsc' }
    /// ```
    ///
    /// **Right**
    ///
    /// ```yaml
    /// payload:
    ///   type: object
    ///   properties:
    ///     id: { type: string }
    /// ```
    Warning PAYLOAD_FORMAT "payload-format" "payloads are described by JSON Schemas"
}
