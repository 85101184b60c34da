import jakarta.xml.soap.SOAPConstants;
import jakarta.xml.soap.SOAPElement;
import jakarta.xml.soap.SOAPException;
import jakarta.xml.soap.SOAPFactory;
import jakarta.xml.soap.SOAPMessage;
import jakarta.xml.ws.Provider;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.ServiceMode;
import jakarta.xml.ws.WebServiceProvider;
import jakarta.xml.ws.soap.SOAPFaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What is behind every contract of the broker: just what a client needs to send files, and to get and confirm them. */
@WebServiceProvider
@ServiceMode(Service.Mode.MESSAGE)
public final class BrokerService implements Provider<SOAPMessage> {
    private record Sent(String name, Path file, boolean whole) {}

    private final Path store;
    private final Map<String, Sent> files = new ConcurrentHashMap<>();

    BrokerService(Path store) {
        this.store = store;
    }

    /** null for a user that is not known. */
    static String password(String user) {
        return switch (user) {
            case "avsender" -> System.getenv("SENDER_PASSWORD");
            case "mottaker" -> System.getenv("RECIPIENT_PASSWORD");
            default -> null;
        };
    }

    @Override
    public SOAPMessage invoke(SOAPMessage request) {
        try {
            var message = Messages.message();
            answer(request, message);
            return message;
        } catch (SOAPException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(SOAPMessage request, SOAPMessage message) throws SOAPException, IOException {
        String operation = request.getSOAPBody().getFirstChild().getLocalName();
        if (operation.equals("StreamedPayloadECBE")) {
            login(request, "UserName", "Password");
        } else if (operation.endsWith("EC")) {
            login(request, "userName", "password");
        }
        switch (operation) {
            case "InitiateBrokerService", "InitiateBrokerServiceEC" -> result(message, operation).setTextContent(expect(request));
            case "StreamedPayloadExternalBE", "StreamedPayloadECBE" -> receive(request, message);
            case "GetAvailableFiles", "GetAvailableFilesEC" -> list(result(message, operation));
            case "DownloadFileStreamed", "DownloadFileStreamedEC" ->
                Messages.attach(message, result(message, operation), find(text(request, "fileReference")).file);
            case "ConfirmDownloaded", "ConfirmDownloadedEC" -> {
                files.remove(text(request, "fileReference"));
                Messages.add(message.getSOAPBody(), Messages.SERVICE, operation + "Response");
            }
            default -> throw new SOAPException("there is no " + operation + " here");
        }
    }

    /** The login of EC2 stands in the body, or in blocks of the header, and is none of CXF's business. */
    private static void login(SOAPMessage request, String user, String password) throws SOAPException {
        if (!text(request, password).equals(password(text(request, user)))) {
            throw fault(5, "Authentication of the system failed");
        }
    }

    private String expect(SOAPMessage request) throws SOAPException {
        String reference = UUID.randomUUID().toString();
        files.put(reference, new Sent(text(request, "FileName"), store.resolve(reference), false));
        return reference;
    }

    private void receive(SOAPMessage request, SOAPMessage message) throws SOAPException, IOException {
        String reference = text(request, "Reference");
        Path file = find(reference).file;
        try (var content = request.getAttachments().next().getDataHandler().getInputStream()) {
            Files.copy(content, file);
        }
        files.put(reference, new Sent(text(request, "FileName"), file, true));
        var receipt = Messages.add(message.getSOAPBody(), Messages.SERVICE, "ReceiptExternalStreamedBE");
        Messages.add(receipt, Messages.SERVICE, "ReceiptId", "1");
        Messages.add(receipt, Messages.SERVICE, "ReceiptStatusCode", "OK");
    }

    private void list(SOAPElement result) throws SOAPException, IOException {
        for (var entry : files.entrySet()) {
            if (entry.getValue().whole) {
                describe(Messages.add(result, Messages.DATA, "BrokerServiceAvailableFile"), entry.getKey(), entry.getValue());
            }
        }
    }

    private static void describe(SOAPElement file, String reference, Sent sent) throws SOAPException, IOException {
        Messages.add(file, Messages.DATA, "ExternalServiceCode", "4192");
        Messages.add(file, Messages.DATA, "ExternalServiceEditionCode", "270815");
        Messages.add(file, Messages.DATA, "FileName", sent.name);
        Messages.add(file, Messages.DATA, "FileReference", reference);
        Messages.add(file, Messages.DATA, "FileSize", "" + Files.size(sent.file));
        Messages.add(file, Messages.DATA, "FileStatus", "Uploaded");
    }

    private Sent find(String reference) throws SOAPException {
        var sent = files.get(reference);
        if (sent == null) {
            throw fault(40212, "The file reference is not known");
        }
        return sent;
    }

    private static SOAPFaultException fault(int code, String text) throws SOAPException {
        var fault = SOAPFactory.newInstance(SOAPConstants.SOAP_1_2_PROTOCOL).createFault(text, SOAPConstants.SOAP_SENDER_FAULT);
        var detail = Messages.add(fault.addDetail(), Messages.FAULT, "AltinnFault");
        Messages.add(detail, Messages.FAULT, "AltinnErrorMessage", text);
        Messages.add(detail, Messages.FAULT, "ErrorID", "" + code);
        return new SOAPFaultException(fault);
    }

    private static String text(SOAPMessage request, String name) throws SOAPException {
        return request.getSOAPPart().getEnvelope().getElementsByTagNameNS("*", name).item(0).getTextContent();
    }

    private static SOAPElement result(SOAPMessage message, String operation) throws SOAPException {
        var response = Messages.add(message.getSOAPBody(), Messages.SERVICE, operation + "Response");
        return Messages.add(response, Messages.SERVICE, operation + "Result");
    }
}
