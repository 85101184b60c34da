import jakarta.activation.DataHandler;
import jakarta.activation.FileDataSource;
import jakarta.xml.soap.MessageFactory;
import jakarta.xml.soap.SOAPConstants;
import jakarta.xml.soap.SOAPElement;
import jakarta.xml.soap.SOAPException;
import jakarta.xml.soap.SOAPMessage;
import java.nio.file.Path;
import javax.xml.namespace.QName;

/** Messages of the broker service as they are on the wire, for both sides. */
final class Messages {
    static final String SERVICE = "http://www.altinn.no/services/ServiceEngine/Broker/2015/06";
    static final String DATA = "http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06";
    static final String FAULT = "http://www.altinn.no/services/common/fault/2009/10";
    static final String XOP = "http://www.w3.org/2004/08/xop/include";

    private Messages() {}

    static SOAPMessage message() throws SOAPException {
        return MessageFactory.newInstance(SOAPConstants.SOAP_1_2_PROTOCOL).createMessage();
    }

    static SOAPElement add(SOAPElement parent, String namespace, String name) throws SOAPException {
        return parent.addChildElement(new QName(namespace, name));
    }

    static void add(SOAPElement parent, String namespace, String name, String text) throws SOAPException {
        add(parent, namespace, name).setTextContent(text);
    }

    /** Makes a file the content of an element, in a part of its own. */
    static void attach(SOAPMessage message, SOAPElement holder, Path file) throws SOAPException {
        var part = message.createAttachmentPart(new DataHandler(new FileDataSource(file.toFile())));
        part.setContentId("<file@interop>");
        part.setContentType("application/octet-stream");
        message.addAttachmentPart(part);
        add(holder, XOP, "Include").setAttribute("href", "cid:file@interop");
    }
}
